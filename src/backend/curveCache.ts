// Dense probability curves on disk, so that the strips are there after a restart. They can be made again:
// a missing or damaged file means "no curves", never an error.
// One pair of files a run and sensor: `.f32` holds samples and thinned curves one after another,
// `.json`, written last, says where each lies.

import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EpochNs, epochNs } from '../base/time.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { samplesToNs, sampleTime } from '../domain/waveform/traceSegment.ts';
import type { TracePart } from '../domain/waveform/traceWindow.ts';
import { CURVE_BIN_SAMPLES, drawnBins } from '../models/curveBins.ts';

/** The curve of one phase over one gap-free stretch, with its maxima of `CURVE_BIN_SAMPLES`. */
export interface CurvePart {
  readonly phase: string;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly curve: Float32Array;
  readonly bins: Float32Array;
}

/** A run by number and start: numbers begin again in another project of the same name. */
export type RunIdentity = Pick<ModelRun, 'id' | 'startedNs'>;

interface KeptRun {
  readonly run: RunIdentity;
  readonly sensorKeys: readonly string[];
}

interface StoredPart {
  readonly phase: string;
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly count: number;
  /** Byte offset of the samples; the bins follow them. */
  readonly at: number;
}

const FORMAT = 'onset-curves-1';
const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Up to so many samples a pixel the samples themselves are answered. */
const SAMPLES_PER_PX = 3;

export class CurveCache {
  readonly #folder: string;
  /** Indices read lately, by path; they are small. */
  readonly #indices = new Map<string, readonly StoredPart[]>();

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'curves');
  }

  /** Begins the curves of a sensor; they count only once `finish` has been called. */
  async begin(run: RunIdentity, sensorKey: string): Promise<CurveWriter> {
    await mkdir(this.#runFolder(run), { recursive: true });
    const path = this.#path(run, sensorKey);
    this.#indices.delete(path);
    return CurveWriter.create(path);
  }

  /**
   * The curves of a sensor and phase in a window: samples up to three a pixel, else at most `widthPx` bins
   * that keep the maximum. Empty where there are none.
   */
  async read(
    run: RunIdentity,
    sensorKey: string,
    phase: string,
    window: TimeWindow,
    widthPx: number,
  ): Promise<TracePart[]> {
    const path = this.#path(run, sensorKey);
    const parts = (await this.#index(path)).filter((part) => part.phase === phase);
    const spanS = Number(window.endNs - window.startNs) / 1e9;
    const answer: TracePart[] = [];
    try {
      await withFile(`${path}.f32`, async (read) => {
        for (const part of parts) {
          const perPx = (spanS * part.sampleRateHz) / Math.max(1, widthPx);
          const drawn = await readPart(read, part, window, perPx);
          if (drawn !== undefined) answer.push(drawn);
        }
      });
    } catch {
      return [];
    }
    return answer;
  }

  /** Whether any curve of the sensor is kept for the run. */
  async has(run: RunIdentity, sensorKey: string): Promise<boolean> {
    return (await this.#index(this.#path(run, sensorKey))).length > 0;
  }

  /** The runs that curves are kept of, and the sensors of each. */
  async kept(): Promise<KeptRun[]> {
    const runs: KeptRun[] = [];
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      const [, id, started] = /^run-(\d+)-(\d+)$/.exec(folder) ?? [];
      if (id === undefined || started === undefined) continue;
      const names = await readdir(join(this.#folder, folder)).catch(() => []);
      const sensors = names.flatMap((name) => /^sensor-(.+)\.json$/.exec(name)?.[1] ?? []);
      const run = { id: Number(id), startedNs: epochNs(BigInt(started)) };
      runs.push({ run, sensorKeys: sensors.map(decodeURIComponent) });
    }
    return runs;
  }

  /** Removes all curves of a run. */
  async remove(run: RunIdentity): Promise<void> {
    const folder = this.#runFolder(run);
    for (const path of this.#indices.keys()) {
      if (path.startsWith(join(folder, 'sensor-'))) this.#indices.delete(path);
    }
    await rm(folder, { recursive: true, force: true });
  }

  async #index(path: string): Promise<readonly StoredPart[]> {
    const known = this.#indices.get(path);
    if (known !== undefined) return known;
    try {
      const parts = parseIndex(JSON.parse(await readFile(`${path}.json`, 'utf8')));
      this.#indices.set(path, parts);
      return parts;
    } catch {
      return [];
    }
  }

  #runFolder(run: RunIdentity): string {
    return join(this.#folder, `run-${run.id}-${run.startedNs}`);
  }

  /** Codes come from files and may hold anything; encoded they cannot leave the folder. */
  #path(run: RunIdentity, sensorKey: string): string {
    return join(this.#runFolder(run), `sensor-${encodeURIComponent(sensorKey)}`);
  }
}

/** Appends the curves of one sensor. */
export class CurveWriter {
  readonly #path: string;
  readonly #file: Awaited<ReturnType<typeof open>>;
  readonly #parts: StoredPart[] = [];
  #at = 0;

  private constructor(path: string, file: Awaited<ReturnType<typeof open>>) {
    this.#path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<CurveWriter> {
    await rm(`${path}.json`, { force: true });
    return new CurveWriter(path, await open(`${path}.f32`, 'w'));
  }

  async append(part: CurvePart): Promise<void> {
    const { phase, startNs, sampleRateHz, curve, bins } = part;
    const at = this.#at;
    this.#at += curve.byteLength + bins.byteLength;
    await writeFully(this.#file, curve, at);
    await writeFully(this.#file, bins, at + curve.byteLength);
    this.#parts.push({ phase, startNs, sampleRateHz, count: curve.length, at });
  }

  /** Makes the curves count. */
  async finish(): Promise<void> {
    await this.#file.close();
    const parts = this.#parts.map((part) => ({ ...part, startNs: String(part.startNs) }));
    await writeFile(`${this.#path}.json.part`, JSON.stringify({ format: FORMAT, parts }));
    await rename(`${this.#path}.json.part`, `${this.#path}.json`);
  }

  /** Removes what was written. */
  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(`${this.#path}.f32`, { force: true });
  }
}

type ReadFloats = (at: number, count: number) => Promise<Float32Array>;

async function withFile(path: string, use: (read: ReadFloats) => Promise<void>): Promise<void> {
  const file = await open(path, 'r');
  try {
    await use(async (at, count) => {
      const values = new Float32Array(count);
      const bytes = new Uint8Array(values.buffer);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
      if (bytesRead !== bytes.length) throw new Error('the file of curves is cut off');
      return values;
    });
  } finally {
    await file.close();
  }
}

async function readPart(
  read: ReadFloats,
  part: StoredPart,
  window: TimeWindow,
  samplesPerPx: number,
): Promise<TracePart | undefined> {
  const index = (time: EpochNs): number => (Number(time - part.startNs) * part.sampleRateHz) / 1e9;
  const from = Math.max(0, Math.floor(index(window.startNs)));
  const to = Math.min(part.count, Math.ceil(index(window.endNs)) + 1);
  if (from >= to) return undefined;
  const stepS = 1 / part.sampleRateHz;
  if (samplesPerPx <= SAMPLES_PER_PX) {
    const values = await read(part.at + from * BYTES, to - from);
    const startNs = sampleTime(part.startNs, from, part.sampleRateHz);
    return { kind: 'samples', startNs, stepS, offset: 0, values };
  }
  // Bins begin at multiples of their length, so that they stand still while the view moves.
  const fromStored = samplesPerPx >= CURVE_BIN_SAMPLES;
  const unit = fromStored ? CURVE_BIN_SAMPLES : 1;
  const perBin = Math.ceil(samplesPerPx / unit);
  const first = Math.floor(from / (unit * perBin)) * perBin;
  const end = Math.ceil(to / unit);
  const base = fromStored ? part.at + part.count * BYTES : part.at;
  const values = drawnBins(await read(base + first * BYTES, end - first), perBin);
  const startNs = epochNs(part.startNs + samplesToNs(first * unit, part.sampleRateHz));
  return { kind: 'bins', startNs, stepS: stepS * unit * perBin, offset: 0, values };
}

async function writeFully(
  file: Awaited<ReturnType<typeof open>>,
  values: Float32Array,
  at: number,
): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

function parseIndex(json: unknown): StoredPart[] {
  const index = json as { format?: unknown; parts?: unknown };
  if (index.format !== FORMAT || !Array.isArray(index.parts)) return [];
  return index.parts.map((each: unknown) => {
    const { phase, startNs, sampleRateHz, count, at } = each as Record<string, unknown>;
    return {
      phase: String(phase),
      startNs: epochNs(BigInt(String(startNs))),
      sampleRateHz: positive(sampleRateHz),
      count: positive(count),
      at: at === 0 ? 0 : positive(at),
    };
  });
}

function positive(value: unknown): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  throw new Error('the index of curves is damaged');
}
