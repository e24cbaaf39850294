// An archive scan as a job: group after group of files, their picks appended to a text as they are found.

import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError, messageOf } from '../base/appError.ts';
import type { ArchiveScanReport, ArchiveScanRequest } from '../contract/messages/models.ts';
import type { ArchiveScanOptions } from '../domain/event/archiveScan.ts';
import type { JobControl } from '../jobs/jobQueue.ts';
import { chunkPicks } from '../models/archiveScan/archiveScan.ts';
import { DEFAULT_GPD_SCAN, gpdLine, gpdPicks } from '../models/archiveScan/gpdScan.ts';
import {
  checkPrecision,
  GROUP_END,
  groupStart,
  predictionLine,
} from '../models/archiveScan/predictionText.ts';
import {
  checkScanOptions,
  DEFAULT_ARCHIVE_SCAN,
  SCAN_RATE_HZ,
  SCAN_WINDOW_SAMPLES,
} from '../models/archiveScan/scanOptions.ts';
import { scanChunks } from '../models/archiveScan/scanTraces.ts';
import { scanWindowCount } from '../models/archiveScan/scanWindows.ts';
import type { RunnableModel } from '../models/registry.ts';
import { writePositives, writeScores } from './archive/chunkFiles.ts';
import { openScanModel } from './archive/scanModel.ts';
import { scanSettings, scoreSpan } from './archive/scoreSpan.ts';
import type { BackendContext } from './context.ts';
import { writeError } from './exchange/atomicWrite.ts';
import type { ReadyGroup } from './tasks/archiveTask.ts';

type Group = ArchiveScanRequest['groups'][number];

interface Scan {
  readonly context: BackendContext;
  readonly request: ArchiveScanRequest;
  readonly options: ArchiveScanOptions;
  readonly model: RunnableModel;
  readonly out: string;
  readonly plots: string | undefined;
  readonly scores: string | undefined;
  readonly job: JobControl;
  readonly report: { -readonly [K in keyof ArchiveScanReport]: ArchiveScanReport[K] };
}

/**
 * Starts the scan; `onEnd` gets its report. Throws `bad-input` for options, a model or files that cannot be used,
 * before anything is written.
 */
export async function startArchiveScan(
  context: BackendContext,
  request: ArchiveScanRequest,
  onEnd: (jobId: string, report: ArchiveScanReport) => void,
): Promise<{ jobId: string }> {
  const options = optionsOf(request);
  const { grants } = context;
  const out = grants.resolve(request.out, 'write');
  refuseScannedFile(context, request, out);
  const folder = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : grants.resolve(file, 'read');
  const places = { out, plots: folder(request.plots), scores: folder(request.scores) };
  const model = await openScanModel(context, {
    modelId: request.modelId,
    weights: folder(request.weights),
    program: request.program,
    scaler: options.scaler,
    allowTestModel: request.allowTestModel,
  });
  const { id } = context.jobs.start(
    `Archive scan by ${model.spec.id}`,
    async (job) => {
      const report = { groups: 0, picks: 0, windows: 0, networkS: 0, elapsedS: 0 };
      const scan: Scan = {
        ...{ context, request, options, model, job, ...places },
        report: { ...report, failures: [], skipped: [] },
      };
      await scanGroups(scan);
      onEnd(job.id, scan.report);
    },
    { total: request.groups.length, cancelLabel: 'Cancel, keep the groups that are done' },
  );
  return { jobId: id };
}

/** Picks are appended: to a file of waveforms they would be damage. */
function refuseScannedFile(
  { grants }: BackendContext,
  { groups }: ArchiveScanRequest,
  out: string,
): void {
  if (!existsSync(out)) return;
  const isOut = (file: string): boolean => {
    try {
      return grants.resolve(file, 'read') === out;
    } catch {
      // One that is not there is told with its group.
      return false;
    }
  };
  const group = groups.find(({ files }) => files.some(({ file }) => isOut(file)));
  if (group === undefined) return;
  const text = `${basename(out)} is scanned itself (line ${group.line}); write the picks to another file`;
  throw new AppError('bad-input', text);
}

function optionsOf({ options, program, printPrecision }: ArchiveScanRequest): ArchiveScanOptions {
  const given = Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<ArchiveScanOptions>;
  const known =
    program === 'gpd'
      ? { ...DEFAULT_ARCHIVE_SCAN, batchSize: DEFAULT_GPD_SCAN.batchSize }
      : DEFAULT_ARCHIVE_SCAN;
  // No high-pass is asked for by naming it without a value.
  const highpass = 'highpassHz' in options ? { highpassHz: options.highpassHz } : {};
  const merged: ArchiveScanOptions = { ...known, ...given, ...highpass };
  checkScanOptions(merged);
  if (printPrecision !== undefined) checkPrecision(printPrecision);
  return merged;
}

async function scanGroups(scan: Scan): Promise<void> {
  const { context, request, job, report, model } = scan;
  const started = performance.now();
  const networkBefore = context.inference.stats.networkMs;
  context.inference.prepare(model);
  // The next group is read while the network is at this one; two of them are held at most.
  let next = prepare(scan, request.groups[0]);
  for (const [index, group] of request.groups.entries()) {
    const ready = next;
    job.update({ done: index, detail: `line ${group.line}, ${groupName(group)}` });
    let asked = false;
    await scanGroup(scan, group, ready, () => {
      if (!asked) next = prepare(scan, request.groups[index + 1]);
      asked = true;
    });
    report.groups += 1;
  }
  report.networkS = (context.inference.stats.networkMs - networkBefore) / 1000;
  report.elapsedS = (performance.now() - started) / 1000;
  const seconds = report.elapsedS.toFixed(1);
  const detail = `${report.picks} picks in ${report.groups} groups, ${report.windows} windows, ${seconds} s`;
  job.update({ done: request.groups.length, detail });
}

function prepare(scan: Scan, group: Group | undefined): Promise<ReadyGroup> | undefined {
  if (group === undefined) return undefined;
  const { context, request, options, job } = scan;
  const { program } = request;
  const read = async (): Promise<ReadyGroup> => {
    const files = group.files.map(({ name, file }) => ({
      name,
      path: pathOf(context, name, file),
    }));
    return context.pool.run('prepareArchive', { files, program, options }, { signal: job.signal });
  };
  const ready = read();
  // Told where it is waited for.
  ready.catch(() => undefined);
  return ready;
}

function pathOf({ grants }: BackendContext, name: string, file: string): string {
  try {
    return grants.resolve(file, 'read');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(
      error.code,
      `${name} does not exist or may not be read; names in a list are relative to the working folder`,
      { cause: error },
    );
  }
}

/** What is wrong with a group is told with its line and costs nothing but the group. */
async function scanGroup(
  scan: Scan,
  group: Group,
  ready: Promise<ReadyGroup> | undefined,
  readNext: () => void,
): Promise<void> {
  const { request, report, out, job } = scan;
  const seismo = request.program === 'seismo-performer';
  if (seismo) await append(out, `${groupStart(group.files.map(({ name }) => name))}\n`);
  try {
    checkFileCount(scan, group);
    const read = await ready;
    readNext();
    if (read === undefined) return;
    for (const text of read.warnings) notice(scan, 'warning', `line ${group.line}: ${text}`);
    if (read.skipped !== undefined) {
      report.skipped = [...report.skipped, { line: group.line, text: read.skipped }];
    }
    const before = report.windows;
    await (seismo ? scanArchive(scan, read) : scanContinuous(scan, read));
    if (read.skipped === undefined && report.windows === before) {
      const text = `it has less than the ${SCAN_WINDOW_SAMPLES / SCAN_RATE_HZ} s of one window`;
      report.skipped = [...report.skipped, { line: group.line, text }];
    }
  } catch (error) {
    if (job.signal.aborted || !(error instanceof AppError) || error.code === 'cancelled') {
      throw error;
    }
    readNext();
    report.failures = [...report.failures, { line: group.line, text: messageOf(error) }];
  } finally {
    if (seismo) await append(out, `${GROUP_END}\n`);
  }
}

/** A text that cannot be written ends the scan, and is no fault of the group. */
async function append(out: string, text: string): Promise<void> {
  try {
    await appendFile(out, text);
  } catch (error) {
    const words = messageOf(writeError(error, out, 'the groups before are in it'));
    throw new Error(words, { cause: error });
  }
}

function checkFileCount({ model }: Scan, { files }: Group): void {
  const { id, components } = model.spec;
  if (files.length === 0 || files.length === components.length) return;
  throw new AppError(
    'bad-input',
    `it names ${files.length} ${files.length === 1 ? 'file' : 'files'}, and ${id} takes ${components.length}, one for each of ${components.join(', ')} in this order`,
  );
}

async function scanArchive(scan: Scan, ready: ReadyGroup): Promise<void> {
  const { request, options, model, job, report, out } = scan;
  const settings = scanSettings(model, options);
  const chunks = ready.spans.flatMap((span) => scanChunks(span, options.chunkSeconds));
  const { normalisation, shiftSamples } = options;
  const scored = chunks.map(({ components }) =>
    scoreSpan(
      scan.context.inference,
      { model, settings, normalisation, components, onWindows: () => undefined },
      job.signal,
    ),
  );
  // All are heard, whichever fails first.
  for (const each of scored) each.catch(() => undefined);
  for (const [index, span] of chunks.entries()) {
    const scores = (await scored[index]) ?? new Float32Array(0);
    const found = chunkPicks(span, options, scores);
    const kept = found.picks.filter(({ dominant }) => dominant);
    const lines = kept.map((pick) => predictionLine(ready.station, pick, request.printPrecision));
    if (lines.length > 0) await append(out, `${lines.join('\n')}\n`);
    report.picks += kept.length;
    report.windows += scanWindowCount(found.samples, shiftSamples);
    const { station, channels } = ready;
    const chunk = { station, channels, span, scan: found, shiftSamples };
    if (scan.scores !== undefined && scores.length > 0) await writeScores(scan.scores, chunk);
    if (scan.plots !== undefined) await writePositives(scan.plots, chunk);
  }
}

/** GPD's own program: whole traces and triggers; `--threshold` is where a trigger begins. */
async function scanContinuous(scan: Scan, ready: ReadyGroup): Promise<void> {
  const { request, options, model, job, report, out } = scan;
  const windowing = { ...options, normalisation: 'window' } as const;
  const settings = scanSettings(model, windowing);
  const { thresholds } = request.options;
  const given = thresholds
    ? { P: [thresholds.P, 0.1] as const, S: [thresholds.S, 0.1] as const }
    : DEFAULT_GPD_SCAN.thresholds;
  for (const span of ready.spans) {
    const scores = await scoreSpan(
      scan.context.inference,
      { ...{ model, settings, normalisation: 'window' }, ...span, onWindows: () => undefined },
      job.signal,
    );
    const { shiftSamples } = options;
    const picks = gpdPicks(span, { shiftSamples, thresholds: given }, scores);
    const lines = picks.map((pick) => gpdLine(ready, pick));
    if (lines.length > 0) await append(out, `${lines.join('\n')}\n`);
    report.picks += picks.length;
    report.windows += scores.length / model.spec.labels.length;
  }
}

function notice({ context }: Scan, level: 'warning', text: string): void {
  context.emit('session.noticed', { level, text, file: undefined });
}

function groupName({ files }: Group): string {
  return files[0]?.name ?? 'no file';
}
