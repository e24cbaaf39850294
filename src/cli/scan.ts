import { existsSync, realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { SourceFile } from '../contract/api.ts';
import type { Client } from '../contract/rpc.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import { hull, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import { allPicks, pickRecords } from './allPicks.ts';
import { jsonText, print, say } from './output.ts';
import { type Session, withSession } from './session.ts';
import { parseThresholds } from './thresholds.ts';
import { type Command, EXIT, readArguments, readInteger, UsageError } from './usage.ts';

const help = `Usage: onset scan PATH… [options]

Lets a model pick waveform files, or all of them in folders. Without --project and --out the picks are
printed as CSV. Refused while another Onset holds the project; what else the project holds is not picked.

  --project FILE    keep waveforms, run and picks in this project (*.onset); made when there is none
  --model ID        the model to run (default: the first that is installed)
  --threshold TEXT  "p: 0.3, s: 0.3", or one number for all phases (default: the model's)
  --overlap N       below 1 a fraction of the window, from 1 on samples (default: the model's)
  --workers N       threads that decode and run the model (default: one for each core)
  --out FILE        write the picks: .csv, .json ({picks, run, skipped, data}) or .xml (QuakeML)
`;

interface ScanRequest {
  readonly paths: readonly string[];
  readonly model: string | undefined;
  readonly thresholds: string | undefined;
  readonly overlap: number | undefined;
  readonly out: string | undefined;
  readonly toStdout: boolean;
}

const OUT_FORMATS = { '.csv': 'csv', '.json': 'json', '.xml': 'quakeml' } as const;

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      {
        project: { type: 'string' },
        model: { type: 'string' },
        threshold: { type: 'string' },
        overlap: { type: 'string' },
        workers: { type: 'string' },
        out: { type: 'string' },
      },
      { atLeast: 1, what: 'at least one waveform file or folder' },
    );
    const { project, out } = values;
    if (out !== undefined) formatOf(out);
    const request: ScanRequest = {
      paths: positionals,
      model: values.model,
      thresholds: values.threshold,
      overlap: values.overlap === undefined ? undefined : readOverlap(values.overlap),
      out,
      toStdout: project === undefined && out === undefined,
    };
    const workers =
      values.workers === undefined ? undefined : readInteger(values.workers, 'workers', 1, 256);
    return withSession(
      {
        project:
          project === undefined
            ? { kind: 'temporary' }
            : { kind: 'file', path: project, create: true },
        exclusive: true,
        workers,
      },
      (session) => scan(session, request),
    );
  },
};

async function scan(session: Session, request: ScanRequest): Promise<number> {
  const { client } = session;
  const { unreadable, part } = await addWaveforms(session, request.paths);
  const { run, cancelled } = await runModel(session, request, part);
  for (const { stream, reason } of run.skipped) say(`${stream} was not picked: ${reason}`);
  const picks = await allPicks(client, { runId: run.id });
  if (request.out !== undefined) await writePicks(session, request.out, run);
  else if (request.toStdout)
    await print(
      await renderCsv(
        client,
        picks.map(({ id }) => id),
      ),
    );
  say(
    cancelled
      ? `Stopped; ${picks.length} picks of the stations that were done are kept`
      : `${picks.length} picks by ${run.modelId}`,
  );
  return unreadable > 0 || cancelled ? EXIT.failedInPart : EXIT.done;
}

/** Which part of a project a run is to look at; all of it when undefined. */
interface Part {
  readonly streamKeys: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
}

/** Reads what the files hold; answers how many of them could not be read, and what they are of the project. */
async function addWaveforms(
  session: Session,
  paths: readonly string[],
): Promise<{ unreadable: number; part: Part }> {
  const { client } = session;
  const files = paths.map((path) => session.grant(path));
  await session.follow(() => client.call('source.add', { files }));
  const sources = await client.call('source.list', {});
  const roots = paths.map(realPath);
  const asked = sources.files.filter(({ path }) => roots.some((root) => isBelow(path, root)));
  let unreadable = 0;
  for (const { path, error, warnings } of asked) {
    if (error !== undefined) unreadable += 1;
    for (const text of error === undefined ? warnings : [error]) say(`${path}: ${text}`);
  }
  if (!asked.some(({ streamKeys }) => streamKeys.length > 0)) {
    throw new AppError(
      'not-found',
      `there are no waveforms that can be read in ${paths.join(', ')}; onset inspect says more`,
    );
  }
  return { unreadable, part: partOf(asked, sources.files) };
}

/** What the project held before is left as it is. */
function partOf(asked: readonly SourceFile[], all: readonly SourceFile[]): Part {
  const others = all.some((file) => file.streamKeys.length > 0 && !asked.includes(file));
  if (!others) return { streamKeys: undefined, window: undefined };
  return {
    streamKeys: [...new Set(asked.flatMap(({ streamKeys }) => streamKeys))],
    window: asked
      .flatMap(({ window }) => window ?? [])
      .reduce<TimeWindow | undefined>((a, b) => (a ? hull(a, b) : b), undefined),
  };
}

/** As the backend names it: without links. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

function isBelow(path: string, root: string): boolean {
  const place = realPath(path);
  return place === root || place.startsWith(`${root}/`) || place.startsWith(`${root}\\`);
}

async function runModel(
  session: Session,
  request: ScanRequest,
  part: Part,
): Promise<{ run: ModelRun; cancelled: boolean }> {
  const { client } = session;
  const models = await client.call('model.list', {});
  const model =
    request.model === undefined ? models[0] : models.find(({ id }) => id === request.model);
  if (!model) {
    const known = models.map(({ id }) => id).join(', ');
    throw new UsageError(
      `there is no model "${request.model ?? ''}"; installed: ${known || 'none'}`,
    );
  }
  const thresholds =
    request.thresholds === undefined
      ? undefined
      : parseThresholds(request.thresholds, Object.keys(model.settings?.thresholds ?? {}));
  let runId = 0;
  const job = await session.follow(async () => {
    const started = await client.call('model.run', {
      modelId: model.id,
      ...part,
      settings: {
        ...(thresholds && { thresholds }),
        ...(request.overlap !== undefined && { overlap: request.overlap }),
      },
    });
    runId = started.runId;
    return started;
  });
  const run = (await client.call('run.list', {})).find(({ id }) => id === runId);
  if (!run) throw new AppError('bug', `run ${runId} is not in the project`);
  return { run, cancelled: job.state === 'cancelled' };
}

async function renderCsv(client: Client, pickIds: readonly number[]): Promise<Uint8Array> {
  const request = { format: 'csv', includeRejected: false, pickIds } as const;
  return (await client.call('export.render', request)).bytes;
}

async function writePicks(session: Session, out: string, run: ModelRun): Promise<void> {
  const { client } = session;
  const picks = await allPicks(client, { runId: run.id });
  const format = formatOf(out);
  const target = session.grant(out);
  if (format !== 'json') {
    const pickIds = picks.map(({ id }) => id);
    await client.call('export.write', { format, includeRejected: false, pickIds, target });
  } else {
    const { skipped, ...rest } = run;
    const data = await dataOf(client, run);
    await writeFile(out, jsonText({ picks: pickRecords(picks), run: rest, skipped, data }));
  }
}

/** Where the run had waveforms: who scores its picks must know what it could not see. */
async function dataOf(client: Client, run: ModelRun) {
  const { streams } = await client.call('source.list', {});
  const asked = run.parameters.streams;
  return streams
    .filter(({ streamKey }) => !asked || asked.includes(streamKey))
    .map(({ streamKey, startNs, endNs, gaps }) => ({ stream: streamKey, startNs, endNs, gaps }));
}

function formatOf(out: string): 'csv' | 'json' | 'quakeml' {
  const ending = extname(out).toLowerCase();
  if (ending === '.csv' || ending === '.json' || ending === '.xml') return OUT_FORMATS[ending];
  throw new UsageError(`--out must end in .csv, .json or .xml, not "${out}"`);
}

function readOverlap(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(
    `--overlap must be a fraction below 1 or a number of samples, not "${text}"`,
  );
}
