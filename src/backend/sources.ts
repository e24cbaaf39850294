// The waveform files of a project: what they hold, and how it gets into the store when somebody looks at it.

import { AppError } from '../base/appError.ts';
import type { Notice, SourceFile } from '../contract/messages/session.ts';
import { plainStreamKey } from '../domain/waveform/streamKey.ts';
import { hull, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import { sampleTime, type TraceSegment } from '../domain/waveform/traceSegment.ts';
import type { StreamInfo } from '../domain/waveform/traceWindow.ts';
import type { Need, WaveformStore } from '../waveforms/store.ts';
import { listFiles, type ListedFile } from './files.ts';
import { mergeSegments } from './scan/mergeSegments.ts';
import { PieceLoader } from './scan/pieceLoader.ts';
import type { Pool } from './pool.ts';
import { bytesOf, type Piece, StreamIndex } from './streamIndex.ts';
import { type FileExtent, type ScannedFile, SEED_METADATA } from './tasks/fileTasks.ts';

/** A row of the catalog's list of files. */
export interface SourceRow {
  readonly path: string;
  readonly format: string | undefined;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
}

/** Where the list of files is kept between sessions. */
export interface SourceRepository {
  list(): readonly SourceRow[];
  put(rows: readonly SourceRow[]): void;
}

export interface SourcesOptions {
  readonly pool: Pool;
  readonly store: WaveformStore;
  readonly repository: SourceRepository;
  /** A read-only project takes files for this session only. */
  readonly readOnly?: boolean;
  /** Files came or went, or samples that an answer had to do without have been decoded. */
  readonly onChange: (revision: number) => void;
}

export interface AddProgress {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, detail: string) => void;
  readonly onNotice?: (notice: Notice) => void;
}

export interface AddReport {
  readonly added: number;
  readonly failed: number;
  /** Files in folders that are no waveforms. */
  readonly skipped: number;
}

const SCAN_BATCH = 16;
const SAMPLE_BYTES = 4;
/** Of the pyramid, a sample. */
const PYRAMID_BYTES = 0.7;
/** Many pieces decoded one after another are announced together. */
const ANNOUNCE_MS = 100;

export class Sources {
  readonly #options: SourcesOptions;
  readonly #files = new Map<string, ScannedFile>();
  readonly #index = new StreamIndex();
  readonly #loader: PieceLoader;
  #revision = 0;
  /** Somebody was answered before all was decoded and wants to hear when to ask again. */
  #awaited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SourcesOptions) {
    this.#options = options;
    const { pool, store } = options;
    this.#loader = new PieceLoader({ pool, store, onLoaded: () => this.#loaded() });
  }

  get revision(): number {
    return this.#revision;
  }

  /** Reads in the files the project already knows. */
  async open(progress: AddProgress = {}): Promise<AddReport> {
    return this.rescan(progress);
  }

  /**
   * Adds files and all below folders. A file that cannot be used costs a notice with its reason; the rest goes on.
   * Cancelling keeps what was read.
   */
  async add(paths: readonly string[], progress: AddProgress = {}): Promise<AddReport> {
    const listed: ListedFile[] = [];
    let failed = 0;
    const report = { added: 0, failed: 0, skipped: 0 };
    for (const path of paths) {
      try {
        const found = await listFiles(path);
        if (found.length === 0) notice(progress, path, `The folder ${path} holds no files`);
        listed.push(...found);
      } catch (error) {
        failed++;
        tellError(progress, path, error);
      }
    }
    const named = new Set(listed.filter((file) => file.named).map((file) => file.file));
    const all = [...new Set(listed.map((file) => file.file))];
    const scanned = await this.#scan(all, progress);
    const kept = scanned.filter(
      (file) => isWaveform(file) || named.has(file.path) || claimsWaveforms(file),
    );
    report.skipped = scanned.length - kept.length;
    const taken = kept.map((file) => (isWaveform(file) ? file : refused(file)));
    this.#take(taken, progress);
    report.failed = failed + taken.filter((file) => file.error !== undefined).length;
    report.added = taken.length - (report.failed - failed);
    if (scanned.length > 0 && report.added === 0 && report.failed === 0) {
      const others = report.skipped === 1 ? '1 file is of another kind' : `${report.skipped} files are of other kinds`; // prettier-ignore
      const text = `No waveforms are in ${paths.join(', ')}: ${others}. Onset reads miniSEED 2 and 3; open another folder`;
      notice(progress, undefined, text);
    }
    return report;
  }

  /** Looks at every known file again. A file that is gone stays listed, with the reason. */
  async rescan(progress: AddProgress = {}): Promise<AddReport> {
    const known = new Set([...this.#options.repository.list().map((row) => row.path)]);
    for (const path of this.#files.keys()) known.add(path);
    const scanned = await this.#scan([...known], progress);
    const taken = scanned.map((file) => (isWaveform(file) ? file : refused(file)));
    this.#take(taken, progress);
    const failed = taken.filter((file) => file.error !== undefined).length;
    return { added: taken.length - failed, failed, skipped: 0 };
  }

  list(): SourceFile[] {
    return [...this.#files.values()].map(({ path, format, warnings, error, extents }) => ({
      ...{ path, format, warnings, error },
      streamKeys: [...new Set(extents.map(({ streamKey }) => streamKey))],
      window: hullOf(extents),
    }));
  }

  streams(): StreamInfo[] {
    return this.#index.streams();
  }

  stream(streamKey: string): StreamInfo | undefined {
    return this.#index.stream(plainStreamKey(streamKey));
  }

  /** What of a stream in a window still has to be decoded before it can be drawn. */
  pending(streamKey: string, window: TimeWindow, need: Need): Piece[] {
    const { store } = this.#options;
    return this.#index
      .pieces(plainStreamKey(streamKey), window)
      .filter((piece) => !store.has(piece.id, need) && !this.#loader.failure(piece));
  }

  /** Memory that a stream takes in a window. */
  bytesOf(streamKey: string, window: TimeWindow, need: Need): number {
    const pieces = this.#index.pieces(plainStreamKey(streamKey), window);
    const samples = pieces.reduce((sum, piece) => sum + piece.sampleCount, 0);
    return samples * (need === 'samples' ? SAMPLE_BYTES + PYRAMID_BYTES : PYRAMID_BYTES);
  }

  /** Why a piece in the window could not be decoded. */
  failure(streamKey: string, window: TimeWindow): string | undefined {
    for (const piece of this.#index.pieces(plainStreamKey(streamKey), window)) {
      const reason = this.#loader.failure(piece);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  /** Decodes what is missing into the store. Asking twice loads once; an abort stops what nobody else waits for. */
  async ensureLoaded(
    streamKeys: readonly string[],
    window: TimeWindow,
    options: { readonly need?: Need; readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    const { need = 'samples', signal } = options;
    const missing = streamKeys.flatMap((key) => this.pending(key, window, need));
    await this.#loader.load(missing, signal);
  }

  /** Gap-free segments of the streams in a window, straight from the files, by stream key. */
  async readSegments(
    streamKeys: readonly string[],
    window: TimeWindow,
    signal?: AbortSignal,
  ): Promise<Map<string, TraceSegment[]>> {
    const pieces = streamKeys.flatMap((key) => this.#index.pieces(plainStreamKey(key), window));
    const tasks = [...Map.groupBy(pieces, ({ path }) => path).values()].flatMap((ofFile) => [
      ...Map.groupBy(ofFile, ({ streamKey }) => streamKey).values(),
    ]);
    // A stream a task, which reads where it lies: components of one file are decoded side by side.
    const parts = await Promise.all(
      tasks.map((ofStream) => {
        const { path = '', streamKey = '' } = ofStream[0] ?? {};
        const task = { path, streamKeys: [streamKey], window, bytes: bytesOf(ofStream) };
        return this.#options.pool.run('readSegments', task, { signal, priority: -1 });
      }),
    );
    const all = parts.flat();
    return new Map(streamKeys.map((key) => [key, mergeSegments(all, plainStreamKey(key), window)]));
  }

  /** Has the next decoded samples announced: an answer was given without them. */
  announceLoaded(): void {
    this.#awaited = true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#loader.close();
  }

  async #scan(paths: readonly string[], progress: AddProgress): Promise<ScannedFile[]> {
    const { signal, onProgress } = progress;
    const { pool } = this.#options;
    const found: ScannedFile[] = [];
    let done = 0;
    // Small batches, so that both workers stay busy and a cancel keeps what was read.
    const size = Math.max(1, Math.min(SCAN_BATCH, Math.ceil(paths.length / pool.size)));
    const batches = Array.from({ length: Math.ceil(paths.length / size) }, (_, i) =>
      paths.slice(i * size, (i + 1) * size),
    );
    await Promise.all(
      batches.map(async (batch) => {
        const files = await pool
          .run('scanFiles', { paths: batch }, { signal })
          .catch((error: unknown) => failedBatch(batch, error));
        found.push(...files);
        done += batch.length;
        onProgress?.(done, paths.length, batch[0] ?? '');
      }),
    );
    const order = new Map(paths.map((path, i) => [path, i]));
    return found.sort((a, b) => (order.get(a.path) ?? 0) - (order.get(b.path) ?? 0));
  }

  #take(files: readonly ScannedFile[], progress: AddProgress): void {
    for (const file of files) {
      const before = this.#files.get(file.path);
      if (before && changedOnDisk(before, file)) {
        for (const piece of this.#index.removeFile(file.path)) this.#loader.forget(piece);
      }
      this.#files.set(file.path, file);
      this.#index.addFile(file);
      if (file.error !== undefined) notice(progress, file.path, file.error, 'error');
      else if (file.warnings.length > 0) {
        const more = file.warnings.length > 1 ? ` (${file.warnings.length} warnings in all)` : '';
        notice(progress, file.path, `${file.warnings[0]}${more} The rest of the file is good.`);
      }
    }
    if (files.length === 0) return;
    if (!this.#options.readOnly) this.#options.repository.put(files.map(rowOf));
    this.#changed();
  }

  #loaded(): void {
    if (!this.#awaited || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#awaited = false;
      this.#changed();
    }, ANNOUNCE_MS);
  }

  #changed(): void {
    this.#options.onChange(++this.#revision);
  }
}

function hullOf(extents: readonly FileExtent[]): TimeWindow | undefined {
  return extents
    .map(({ startNs, sampleRateHz, sampleCount }) => {
      return { startNs, endNs: sampleTime(startNs, sampleCount, sampleRateHz) };
    })
    .reduce<TimeWindow | undefined>((a, b) => (a ? hull(a, b) : b), undefined);
}

function isWaveform(file: ScannedFile): boolean {
  return file.format !== SEED_METADATA && (file.format === 'miniseed' || file.error !== undefined);
}

/** Called a waveform file by its name while nothing in it is known: worth a word even inside a folder. */
function claimsWaveforms({ format, path }: ScannedFile): boolean {
  return format === undefined && /\.(mseed|miniseed|msd|ms2|ms3|mseed[23])$/i.test(path);
}

function refused(file: ScannedFile): ScannedFile {
  if (file.error !== undefined) return file;
  const kind = file.format === undefined ? 'no format Onset knows' : `a ${file.format} file`;
  const error =
    file.format === undefined
      ? `${file.path} is not miniSEED, the only waveform format Onset reads: no record was found in it. Check that it is the file you meant`
      : `${file.path} is ${kind} and holds no waveforms; open it with Import`;
  return { ...file, error };
}

function changedOnDisk(before: ScannedFile, now: ScannedFile): boolean {
  const same = before.sizeBytes === now.sizeBytes && before.modifiedNs === now.modifiedNs;
  return !same || now.error !== undefined;
}

function rowOf({ path, format, sizeBytes, modifiedNs }: ScannedFile): SourceRow {
  return { path, format, sizeBytes, modifiedNs };
}

function failedBatch(paths: readonly string[], error: unknown): ScannedFile[] {
  if (error instanceof AppError && error.code === 'cancelled') return [];
  const reason = error instanceof Error ? error.message : String(error);
  return paths.map((path) => ({
    ...{ path, format: undefined, sizeBytes: 0, modifiedNs: 0n, extents: [], warnings: [] },
    error: `${path} was not read: ${reason}`,
  }));
}

function notice(
  { onNotice }: AddProgress,
  file: string | undefined,
  text: string,
  level: Notice['level'] = 'warning',
): void {
  onNotice?.({ level, text, file });
}

function tellError(progress: AddProgress, path: string, error: unknown): void {
  notice(progress, path, error instanceof Error ? error.message : String(error), 'error');
}
