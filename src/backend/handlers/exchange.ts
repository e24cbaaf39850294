import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { ExportFormat, ExportRequest, ImportReport } from '../../contract/messages/catalog.ts';
import type { BackendContext } from '../context.ts';
import { batches, writeWhole } from '../exchange/atomicWrite.ts';
import { extractOf } from '../exchange/extract.ts';
import { lossesOf } from '../exchange/losses.ts';
import { pickTable } from '../exchange/pickTable.ts';
import type { ReadDocument } from '../exchange/readDocument.ts';
import { FILE_NAMES, renderChunks } from '../exchange/render.ts';
import { refuseWaveforms } from '../outFile.ts';
import { isProjectPath, projectTitle } from '../project.ts';

type ExchangeHandlers = Pick<
  Handlers,
  'export.preview' | 'export.render' | 'export.write' | 'export.pickTable' | 'import.files'
>;

/** Out of the catalog into files, and back. */
export function exchangeHandlers(context: BackendContext): ExchangeHandlers {
  return {
    'export.preview': (request) => Promise.resolve(preview(context, request)),
    'export.render': (request, signal) => render(context, request, signal),
    'export.write': (request, signal) => write(context, request, signal),
    'export.pickTable': async ({ runId, program }, signal) => ({
      bytes: new TextEncoder().encode(await pickTable(context, runId, program, signal)),
    }),
    'import.files': ({ files }, signal) => importFiles(context, files, signal),
  };
}

function preview(context: BackendContext, request: ExportRequest) {
  const extract = extractOf(context.catalog, request);
  const kept = extract.picks.filter((pick) => request.includeRejected || pick.state !== 'rejected');
  return {
    events: request.format === 'csv' ? 0 : extract.events.length,
    picks: kept.length,
    losses: lossesOf(extract, request.format, request.includeRejected),
  };
}

function chunksOf(context: BackendContext, request: ExportRequest): Iterable<string> {
  const { format, includeRejected } = request;
  const options = { format, includeRejected, programVersion: context.programVersion };
  return renderChunks(extractOf(context.catalog, request), options);
}

async function render(context: BackendContext, request: ExportRequest, signal: AbortSignal) {
  const parts: Buffer[] = [];
  for (const batch of batches(chunksOf(context, request))) {
    parts.push(Buffer.from(batch, 'utf8'));
    await nextTurn();
    if (signal.aborted) throw new AppError('cancelled', 'the export was cancelled');
  }
  return {
    fileName: fileNameFor(context, request.format),
    bytes: new Uint8Array(Buffer.concat(parts)),
  };
}

/** By the project and what is in it: `noto-picks.csv`. */
function fileNameFor(context: BackendContext, format: ExportFormat): string {
  const project = projectTitle(context.catalog.path).replace(/[^\p{L}\p{N}._-]+/gu, '_');
  return `${project || 'onset'}-${FILE_NAMES[format]}`;
}

async function write(
  context: BackendContext,
  request: ExportRequest & { target: string },
  signal: AbortSignal,
) {
  const path = context.grants.resolve(request.target, 'write');
  if (isProjectPath(path)) {
    const text = `${basename(path)} would be the name of a project; give the file another name, such as picks.csv`;
    throw new AppError('bad-input', text);
  }
  refuseWaveforms(context, path);
  const sizeBytes = await writeWhole(path, chunksOf(context, request), signal);
  return { path, sizeBytes };
}

/** Reads every file before anything is taken in, so that a bad one leaves the catalog as it was. */
async function importFiles(
  context: BackendContext,
  refs: readonly string[],
  signal: AbortSignal,
): Promise<ImportReport> {
  const paths = refs.map((ref) => context.grants.resolve(ref, 'read'));
  const read: { name: string; document: ReadDocument }[] = [];
  for (const path of paths) {
    const document = await context.pool.run('readDocument', { path }, { signal });
    read.push({ name: basename(path), document });
  }
  let [picks, events] = [0, 0];
  const warnings: string[] = [];
  for (const { name, document } of read) {
    const about = read.length > 1 ? `${name}: ` : '';
    warnings.push(...document.warnings.map((warning) => about + warning));
    const result = context.catalog.importDocument(document.document, name);
    picks += result.picks;
    events += result.events;
    const known = knownSentence(result.knownPicks, result.knownEvents);
    if (known) warnings.push(about + known);
  }
  return { picks, events, warnings };
}

function knownSentence(picks: number, events: number): string | undefined {
  if (picks === 0 && events === 0) return undefined;
  const parts = [
    ...(picks > 0 ? [`${picks} ${picks === 1 ? 'pick' : 'picks'}`] : []),
    ...(events > 0 ? [`${events} ${events === 1 ? 'event' : 'events'}`] : []),
  ];
  return `already in the catalog and left as they are: ${parts.join(' and ')}`;
}
