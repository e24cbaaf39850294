import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, messageOf } from '../base/appError.ts';
import { formatIso } from '../base/time.ts';
import type { FollowRequest } from '../contract/messages/models.ts';
import type { FollowedPick } from '../domain/event/followedPick.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import type { Follower } from '../backend/follow/follower.ts';
import { fileError } from '../backend/files.ts';
import { openFollower } from '../backend/follow/openFollower.ts';
import { addWaveforms } from './addWaveforms.ts';
import { onInterrupt } from './interrupt.ts';
import { counted, print, say } from './output.ts';
import { chooseModel, readRunOptions, RUN_HELP, RUN_OPTIONS, runSettings } from './runOptions.ts';
import { keptIn, type Session, withSession } from './session.ts';
import { type Command, EXIT, readArguments, UsageError } from './usage.ts';

const help = `Usage: onset follow FILE|- [options]

Picks miniSEED records while they arrive, from a pipe (-) or a file with records in order of time, until
it ends or is interrupted:

  slinktool -S UW_HANS:HH?.D -o - host:18000 | onset follow -

A pick is printed, or stored in a project, once nothing that is still to come can change it. The answer does not depend on how the
bytes are cut, and not on the order of records that come within the lateness. Files are for onset scan.

  --project FILE          store run and picks in this project (*.onset) as they become final; made when there is none.
                          It can be read elsewhere meanwhile. A file that is followed is added to it; what comes through
                          a pipe is not kept: record it with a program for that, and add the files
  --format text|csv|json  a line of text, a row of a table, or a JSON object for each pick (default: text, nothing
                          with --project)
  --lateness S            seconds the newest sample of a sensor has to be ahead before a window is run without
                          what is missing of it (default: 30)
${RUN_HELP}`;

const FORMATS = ['text', 'csv', 'json'] as const;
type Format = (typeof FORMATS)[number];

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      {
        ...RUN_OPTIONS,
        project: { type: 'string' },
        format: { type: 'string' },
        lateness: { type: 'string' },
      },
      { atLeast: 1, what: 'a file of records, or - for stdin' },
    );
    const [place, another] = positionals;
    if (place === undefined || another !== undefined) {
      throw new UsageError('follow one file or pipe, or join several: cat A B | onset follow -');
    }
    if (place !== '-') checkFile(place);
    const { project } = values;
    const asked = values.format ?? (project === undefined ? 'text' : undefined);
    const format = asked === undefined ? undefined : readFormat(asked);
    const latenessS = readLateness(values.lateness);
    const options = readRunOptions(values);
    const allowTestModel = values['allow-test-model'] === true;
    const kept = { project: keptIn(project), exclusive: true, workers: 1 };
    return withSession(kept, async (session) => {
      const chosen = await chooseModel(session, values.model);
      const settings = runSettings(chosen, values, options);
      const { follower, close } = await openFollower({
        modelId: chosen.modelId,
        folder: chosen.folder === undefined ? undefined : values.model,
        ...{ settings, allowTestModel, latenessS },
      });
      try {
        const told = { follower, place, format };
        if (project === undefined) return await follow(told, () => Promise.resolve());
        return await followInto(session, told, { ...chosen, settings, allowTestModel });
      } finally {
        close();
      }
    });
  },
};

/** A pipe that has a name is followed too. */
function checkFile(place: string): void {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new AppError('not-found', `there is no file ${place}; check the path`);
  }
  if (!found.isDirectory()) return;
  const text = `${place} is a folder; follow one file of records in order of time, or give the folder to onset scan`;
  throw new UsageError(text);
}

interface Following {
  readonly follower: Follower;
  readonly place: string;
  /** Undefined: nothing is printed. */
  readonly format: Format | undefined;
}

/** Picks go into the session's project as they come, and the file that was followed at last. */
async function followInto(
  session: Session,
  following: Following,
  { modelId, folder, settings, allowTestModel }: FollowRequest,
): Promise<number> {
  const { client } = session;
  const { runId } = await client.call('follow.begin', {
    ...{ modelId, settings, ...(folder !== undefined && { folder }) },
    ...(allowTestModel !== undefined && { allowTestModel }),
  });
  const store = async (picks: readonly FollowedPick[]): Promise<void> => {
    if (picks.length > 0) await client.call('follow.store', { runId, picks });
  };
  const finish = (state: 'done' | 'failed', why: string | undefined): Promise<void> => {
    const { left } = following.follower.report();
    const failed = why === undefined ? [] : [{ stream: 'all', reason: why }];
    return client.call('follow.finish', { runId, state, skipped: [...left, ...failed], notes: [] });
  };
  let code: number;
  try {
    code = await follow(following, store);
  } catch (error) {
    await finish('failed', messageOf(error));
    throw error;
  }
  await finish('done', undefined);
  if (following.place !== '-') await addWaveforms(session, [following.place]);
  return code;
}

async function follow(
  { follower, place, format }: Following,
  store: (picks: readonly FollowedPick[]) => Promise<void>,
): Promise<number> {
  const input: NodeJS.ReadableStream = place === '-' ? process.stdin : createReadStream(place);
  // What has come is picked to its end when a person has seen enough.
  const interrupt = (): void =>
    void ('destroy' in input && (input as typeof process.stdin).destroy());
  const listenNoLonger = onInterrupt(interrupt);
  let count = 0;
  const tell = async (picks: readonly FollowedPick[]): Promise<void> => {
    count += picks.length;
    await store(picks);
    if (picks.length > 0 && format !== undefined)
      await print(picks.map((pick) => lineOf(pick, format)).join(''));
  };
  if (format === 'csv') await print(`${CSV_HEADER}\r\n`);
  try {
    for await (const chunk of input) await tell(await follower.take(chunk as Uint8Array));
  } catch (error) {
    if (!isAborted(error)) throw isOfSystem(error) ? fileError(error, resolve(place)) : error;
  } finally {
    listenNoLonger();
  }
  await tell(await follower.end());
  return report(follower, count);
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Of a file or pipe, and not of what was made of its bytes. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function report(follower: Follower, picks: number): number {
  const told = follower.report();
  for (const { stream, reason } of told.left) say(`${stream} was not followed: ${reason}`);
  const troubles = [
    told.latePackets > 0 &&
      `${told.latePackets} came too late for their windows (follow records in order of time, or with a longer --lateness)`,
    told.damagedRecords > 0 && `${told.damagedRecords} were damaged`,
    told.passedOverBytes > 0 && `${told.passedOverBytes} bytes between them were no records`,
    told.conflicts > 0 && `${told.conflicts} samples were told differently by two and left out`,
  ].filter((text) => text !== false);
  say(
    [
      `${counted(picks, 'pick')} from ${counted(told.records, 'record')} of ${counted(told.sensors, 'sensor')}`,
      ...troubles,
    ].join('; '),
  );
  const lost = told.damagedRecords + told.latePackets;
  return told.records === 0 || lost > 0 ? EXIT.failedInPart : EXIT.done;
}

const CSV_HEADER = 'time,stream,phase,probability,lowerUncertaintyS,upperUncertaintyS,warnings';

function lineOf(pick: FollowedPick, format: Format): string {
  const stream = formatNslc(pick.stream);
  const time = formatIso(pick.time, 3);
  const probability = pick.probability.toFixed(3);
  const [lower, upper] = [pick.lowerUncertaintyS.toFixed(3), pick.upperUncertaintyS.toFixed(3)];
  const warnings = pick.warnings.join('; ');
  switch (format) {
    case 'text': {
      const beware = warnings === '' ? '' : `  (${warnings})`;
      return `${time}  ${stream.padEnd(14)}  ${pick.phase}  ${probability}  -${lower} +${upper} s${beware}\n`;
    }
    case 'csv':
      return `${[time, stream, pick.phase, probability, lower, upper, warnings].join(',')}\r\n`;
    case 'json':
      return `${JSON.stringify({
        startNs: pick.time.toString(),
        time,
        stream,
        phase: pick.phase,
        probability: pick.probability,
        lowerUncertaintyS: pick.lowerUncertaintyS,
        upperUncertaintyS: pick.upperUncertaintyS,
        warnings: pick.warnings,
      })}\n`;
  }
}

function readFormat(text: string): Format {
  const format = FORMATS.find((each) => each === text.toLowerCase());
  if (format !== undefined) return format;
  throw new UsageError(`--format must be ${FORMATS.join(', ')}, not "${text}"`);
}

function readLateness(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1e9) return value;
  throw new UsageError(`--lateness must be seconds from 0 to 1e9, not "${text}"`);
}
