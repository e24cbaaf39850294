import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { AppError } from '../base/appError.ts';
import { parseTime } from '../base/time.ts';
import { type ListedGroup, readArchiveList } from '../backend/archive/archiveList.ts';
import type {
  ArchiveScanReport,
  ArchiveScanRequest,
  ModelInfo,
} from '../contract/messages/models.ts';
import type { ArchiveScanOptions, ScanThresholds } from '../domain/event/archiveScan.ts';
import { counted, print, say } from './output.ts';
import { type Session, withSession } from './session.ts';
import { parseThresholds } from './thresholds.ts';
import {
  checkOutFile,
  type Command,
  EXIT,
  optionalInteger,
  readArguments,
  readWorkers,
  UsageError,
} from './usage.ts';

const help = `Usage: onset archive-scan LIST [options]

Scans archives as Seismo-Performer's archive_scan.py: LIST names one group of files a line, one file for
each component in the order N E Z, relative to the working folder. Picks are appended to a text, one
"STATION PHASE PROBABILITY dd.mm.yyyy HH:MM:SS.ffffff" a line. A group that cannot be read costs itself.

  --out FILE               the text, appended to (default: predictions.txt)
  --cnn, --gpd             Spec-CNN or GPD in the place of Seismo-Performer
  --model ID               another model with one answer (P, S, noise) for each window of 400 samples
  --weights PATH           weights as published (.h5), or a model's folder, without installing it
  --threshold TEXT         one number, or "p: 0.9997, s: 0.9995" (default: 0.998)
  --scaler window|batch    what the spectrogram is scaled over; batch is as published (default: batch)
  --trace-normalization    divide by the largest value of the chunk, not of each window
  --batch-size N           windows through the network at once (default: 150)
  --trace-size S           length of a chunk in seconds; no window lies across two (default: 600)
  --shift N                samples from one window to the next (default: 10)
  --every-window           each window by itself through the network; slower, and the same within rounding
  --no-filter              without the 2 Hz high-pass
  --no-detrend             without the linear detrend
  --start TIME, --end TIME only data from and up to these times (UTC)
  --print-precision N      decimals of a probability, cut and not rounded (default: 4)
  --plot-positives         a picture (SVG) of each pick, into the folder OUT-plots
  --print-scores           waveforms and scores of each chunk (.npy and SVG), into the folder OUT-scores
  --gpd-predict            as GPD's own gpd_predict.py: whole traces, 3-20 Hz, triggers down to 0.1,
                           "NETWORK STATION PHASE TIME" a line, threshold 0.95, batches of 3000
  --time                   print the time spent in the network
  --cpu                    taken for granted: networks run on the processor
  --workers N              threads that run the network (default: one for each core)
  --allow-test-model       run a model that is for tests only
`;

const OPTIONS = {
  out: { type: 'string', short: 'o', default: 'predictions.txt' },
  weights: { type: 'string', short: 'w' },
  model: { type: 'string' },
  cnn: { type: 'boolean', default: false },
  gpd: { type: 'boolean', default: false },
  threshold: { type: 'string' },
  scaler: { type: 'string' },
  'trace-normalization': { type: 'boolean', default: false },
  'batch-size': { type: 'string' },
  'trace-size': { type: 'string', short: 'b' },
  shift: { type: 'string' },
  'every-window': { type: 'boolean', default: false },
  'no-filter': { type: 'boolean', default: false },
  'no-detrend': { type: 'boolean', default: false },
  start: { type: 'string' },
  end: { type: 'string' },
  'print-precision': { type: 'string' },
  'plot-positives': { type: 'boolean', default: false },
  'print-scores': { type: 'boolean', default: false },
  'gpd-predict': { type: 'boolean', default: false },
  time: { type: 'boolean', default: false },
  cpu: { type: 'boolean', default: false },
  workers: { type: 'string' },
  'allow-test-model': { type: 'boolean', default: false },
} as const;

const MOST_SAMPLES = 1_000_000_000;

type Values = ReturnType<typeof readValues>['values'];

function readValues(args: readonly string[]) {
  return readArguments(args, OPTIONS, { atLeast: 1, what: 'the list of files' });
}

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readValues(args);
    const [list = '', ...more] = positionals;
    if (more.length > 0) {
      throw new UsageError(
        `one list at a time, not ${positionals.length} files; write the names of a group into one line of a list`,
      );
    }
    checkList(list);
    if (samePlace(list, values.out)) {
      throw new UsageError(`--out ${values.out} is the list itself; name another file`);
    }
    const options = scanOptions(values);
    checkOutFile(values.out);
    const precision = optionalInteger(values['print-precision'], 'print-precision', 0, 17);
    const workers = readWorkers(values.workers);
    return withSession({ project: { kind: 'temporary' }, workers }, async (session) => {
      const modelId = await wantedModel(session, values);
      const groups = listedGroups(list);
      const request = requestOf(session, { values, options, precision, modelId, groups });
      return scan(session, list, request, values.time);
    });
  },
};

function checkList(list: string): void {
  const found = statSync(list, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`there is no list ${list}; check the path`);
  if (!found.isDirectory()) return;
  throw new UsageError(
    `${list} is a folder; give a text file that names one group of files a line (N, E, Z)`,
  );
}

function samePlace(a: string, b: string): boolean {
  return existsSync(b) && realpathSync(a) === realpathSync(b);
}

async function scan(
  session: Session,
  list: string,
  request: ArchiveScanRequest,
  tellTime: boolean,
): Promise<number> {
  const { client } = session;
  let jobId = '';
  const job = await session.follow(async () => {
    const started = await client.call('archive.scan', request).catch(refusal);
    ({ jobId } = started);
    return started;
  });
  if (job.state === 'cancelled') {
    say('Stopped; the groups that were done are kept');
    return EXIT.failedInPart;
  }
  const report = await client.call('archive.report', { jobId });
  for (const { line, text } of report.failures) say(`${list}, line ${line}: ${text}`);
  for (const { line, text } of report.skipped) {
    say(`${list}, line ${line}: nothing was scanned: ${text}`);
  }
  if (tellTime) await print(timeText(report));
  const groups = report.groups === 1 ? '1 group' : `${report.groups} groups`;
  say(`${counted(report.picks, 'pick')} in ${groups}`);
  return report.failures.length > 0 ? EXIT.failedInPart : EXIT.done;
}

function listedGroups(list: string): ListedGroup[] {
  try {
    return readArchiveList(list, process.cwd());
  } catch (error) {
    return refusal(error);
  }
}

/** What the backend refuses before it starts is bad usage: the options, the model or the place to write to. */
function refusal(error: unknown): never {
  throw error instanceof AppError && error.code === 'bad-input'
    ? new UsageError(error.message)
    : error;
}

function timeText({ networkS, elapsedS, windows }: ArchiveScanReport): string {
  return `Model time: ${networkS.toFixed(2)} s over all threads; whole scan ${elapsedS.toFixed(2)} s, ${windows} windows\n`;
}

interface Asked {
  readonly values: Values;
  readonly options: Partial<ArchiveScanOptions>;
  readonly precision: number | undefined;
  readonly modelId: string;
  readonly groups: readonly ListedGroup[];
}

function requestOf(
  session: Session,
  { values, options, precision, modelId, groups }: Asked,
): ArchiveScanRequest {
  const folderBeside = (asked: boolean, suffix: string) => {
    if (!asked) return undefined;
    const stem = basename(values.out, extname(values.out));
    const folder = join(dirname(resolve(values.out)), `${stem}-${suffix}`);
    mkdirSync(folder, { recursive: true });
    return session.grant(folder);
  };
  return {
    modelId,
    weights: values.weights === undefined ? undefined : session.grant(values.weights),
    program: values['gpd-predict'] ? 'gpd' : 'seismo-performer',
    groups: groups.map(({ line, files }) => ({
      line,
      files: files.map(({ name, path }) => ({ name, file: session.grant(path) })),
    })),
    options,
    printPrecision: precision,
    out: session.grant(values.out),
    plots: folderBeside(values['plot-positives'], 'plots'),
    scores: folderBeside(values['print-scores'], 'scores'),
    allowTestModel: values['allow-test-model'],
  };
}

function scanOptions(values: Values): Partial<ArchiveScanOptions> {
  const { scaler, threshold } = values;
  const start = values.start === undefined ? undefined : timeOf(values.start, 'start');
  const end = values.end === undefined ? undefined : timeOf(values.end, 'end');
  if (start !== undefined && end !== undefined && start >= end) {
    throw new UsageError(`--start ${values.start} is not before --end ${values.end}`);
  }
  if (scaler !== undefined && scaler !== 'window' && scaler !== 'batch') {
    throw new UsageError(`--scaler must be window or batch, not "${scaler}"`);
  }
  const optional = {
    batchSize: optionalInteger(values['batch-size'], 'batch-size', 1, MOST_SAMPLES),
    chunkSeconds: optionalNumber(values['trace-size'], 'trace-size'),
    shiftSamples: optionalInteger(values.shift, 'shift', 1, MOST_SAMPLES),
    scaler,
    thresholds: threshold === undefined ? undefined : bothThresholds(threshold),
    ...{ start, end },
  };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(given) as Partial<ArchiveScanOptions>),
    ...(values['every-window'] ? { everyWindow: true } : {}),
    ...(values['no-filter'] ? { highpassHz: undefined } : {}),
    ...(values['no-detrend'] ? { detrend: false } : {}),
    ...(values['trace-normalization'] ? { normalisation: 'chunk' } : {}),
  };
}

function bothThresholds(text: string): ScanThresholds {
  const { P, S } = parseThresholds(text, ['P', 'S']);
  if (P !== undefined && S !== undefined) return { P, S };
  throw new UsageError(`--threshold "${text}" names one phase; give both: "p: 0.9997, s: 0.9995"`);
}

function timeOf(text: string, name: string) {
  try {
    return parseTime(text);
  } catch {
    throw new UsageError(
      `--${name} must be a time like 2021-04-01T12:30:00, in UTC, not "${text}"`,
    );
  }
}

function optionalNumber(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--${name} must be a number above 0, not "${text}"`);
}

interface Published {
  readonly id: string;
  /** As the card of an installed model names it. */
  readonly network: string;
  readonly file: string;
  /** What the file does not say itself. */
  readonly options?: string;
  readonly source: string;
}

const PERFORMER: Published = {
  id: 'seismo-performer-v2',
  network: 'seismo-performer',
  file: 'w_model_performer_v2.0.h5',
  source: 'WEIGHTS of github.com/jamm1985/seismo-performer',
};
const CNN: Published = {
  id: 'spec-cnn-v2',
  network: 'spec-cnn',
  file: 'w_model_cnn_v2.0.h5',
  source: 'WEIGHTS of github.com/jamm1985/seismo-performer',
};
const GPD: Published = {
  id: 'gpd',
  network: 'gpd',
  file: 'w_gpd_scsn_2000_2017.h5',
  options: ' --gpd-order fixed',
  source: 'WEIGHTS of github.com/jamm1985/seismo-performer',
};
const GPD_ORIGINAL: Published = {
  id: 'gpd',
  network: 'gpd',
  file: 'model_pol_best.hdf5',
  options: ' --gpd-order original',
  source: 'github.com/interseismic/generalized-phase-detection',
};

/** The model's id; one that is not installed is refused with the line that installs it. */
async function wantedModel(session: Session, values: Values): Promise<string> {
  const { cnn, gpd, model, weights } = values;
  const isGpd = gpd || values['gpd-predict'];
  refuseTwoModels(values);
  const original = values['gpd-predict'] ? GPD_ORIGINAL : GPD;
  const published = cnn ? CNN : isGpd ? original : PERFORMER;
  if (weights !== undefined) return published.id;
  const models = await session.client.call('model.list', {});
  if (model !== undefined) {
    if (models.some(({ id }) => id === model)) return model;
    const known = models.map(({ id }) => id).join(', ');
    throw new UsageError(`there is no model "${model}"; installed: ${known || 'none'}`);
  }
  const found = installed(models, published);
  if (found !== undefined) return found;
  throw new UsageError(
    `the model ${published.id} is not installed; fetch ${published.file} (${published.source}) and give\nonset model import ${published.file}${published.options ?? ''}`,
  );
}

/** `--gpd-predict` is GPD's program; with `--model` another network runs in it. */
function refuseTwoModels({ cnn, gpd, model, weights, 'gpd-predict': program }: Values): void {
  if (cnn && (gpd || program)) {
    throw new UsageError('--cnn and --gpd name different models; give one of them');
  }
  if (model !== undefined && (cnn || gpd || weights !== undefined)) {
    const other = cnn ? '--cnn' : gpd ? '--gpd' : '--weights';
    throw new UsageError(`--model and ${other} name different models; give one of them`);
  }
}

/** By its id, else any of the same network that may pick. */
function installed(models: readonly ModelInfo[], { id, network }: Published): string | undefined {
  if (models.some((each) => each.id === id)) return id;
  return models.find((each) => each.network === network && each.use === 'picking')?.id;
}
