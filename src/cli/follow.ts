import { createReadStream, existsSync } from 'node:fs';
import { AppError } from '../base/appError.ts';
import { formatIso } from '../base/time.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import type { FollowedPick, Follower } from '../backend/follow/follower.ts';
import { openFollower } from '../backend/follow/openFollower.ts';
import { counted, print, say } from './output.ts';
import { chooseModel, readRunOptions, RUN_HELP, RUN_OPTIONS, runSettings } from './runOptions.ts';
import { Session } from './session.ts';
import { type Command, EXIT, readArguments, UsageError } from './usage.ts';

const help = `Usage: onset follow FILE|- [options]

Picks miniSEED records while they arrive, from a pipe (-) or a file with records in order of time, until
it ends or is interrupted:

  slinktool -S UW_HANS:HH?.D -o - host:18000 | onset follow -

A pick is printed once nothing that is still to come can change it. The answer does not depend on how the
bytes are cut, and not on the order of records that come within the lateness. Files are for onset scan.

  --format text|csv|json  a line of text, a row of a table, or a JSON object for each pick (default: text)
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
      { ...RUN_OPTIONS, format: { type: 'string' }, lateness: { type: 'string' } },
      { atLeast: 1, what: 'a file of records, or - for stdin' },
    );
    const [place, another] = positionals;
    if (place === undefined || another !== undefined) {
      throw new UsageError('follow one file or pipe, or join several: cat A B | onset follow -');
    }
    if (place !== '-' && !existsSync(place)) {
      throw new AppError('not-found', `there is no file ${place}; check the path`);
    }
    const format = readFormat(values.format ?? 'text');
    const latenessS = readLateness(values.lateness);
    const options = readRunOptions(values);
    const session = await Session.open({ project: { kind: 'temporary' }, workers: 1 });
    const chosen = await chooseModel(session, values.model).finally(() => session.close());
    const { follower, close } = await openFollower({
      modelId: chosen.modelId,
      folder: chosen.folder === undefined ? undefined : values.model,
      settings: runSettings(chosen, values, options),
      allowTestModel: values['allow-test-model'] === true,
      latenessS,
    });
    try {
      return await follow(follower, place, format);
    } finally {
      close();
    }
  },
};

async function follow(follower: Follower, place: string, format: Format): Promise<number> {
  const input: NodeJS.ReadableStream = place === '-' ? process.stdin : createReadStream(place);
  // What has come is picked to its end when a person has seen enough.
  const interrupt = (): void =>
    void ('destroy' in input && (input as typeof process.stdin).destroy());
  process.once('SIGINT', interrupt);
  let count = 0;
  const tell = async (picks: readonly FollowedPick[]): Promise<void> => {
    count += picks.length;
    if (picks.length > 0) await print(picks.map((pick) => lineOf(pick, format)).join(''));
  };
  if (format === 'csv') await print(`${CSV_HEADER}\r\n`);
  try {
    for await (const chunk of input) await tell(await follower.take(chunk as Uint8Array));
  } catch (error) {
    if (!isAborted(error)) throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
  await tell(await follower.end());
  return report(follower, count);
}

function isAborted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
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
  return told.records === 0 || told.damagedRecords > 0 ? EXIT.failedInPart : EXIT.done;
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
