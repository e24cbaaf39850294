// Kept probability curves on disk, so that the strips are there after a restart and a run can be picked again with other
// thresholds. They can be made again: a missing or damaged file means "no curves", never an error.
// One file a run and sensor; it has its name once the sensor is done, until then `.part` is read as far as it is sealed.

import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  truncate,
} from 'node:fs/promises';
import { join } from 'node:path';
import { epochNs, formatIso } from '../../base/time.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import { overlaps, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { KeptPart } from '../../models/keptCurves/keptPart.ts';
import {
  type ChunkEntry,
  type ChunkIndex,
  ChunkReader,
  ChunkWriter,
  readChunk,
  readChunkIndex,
} from './curveFile.ts';

/** A run by number and start: numbers begin again in another project of the same name. */
export type RunIdentity = Pick<ModelRun, 'id' | 'startedNs'>;

interface KeptRun {
  readonly run: RunIdentity;
  readonly sensorKeys: readonly string[];
}

/** What of a sensor: the curve of a run, or those of its members under `memberLabel`. */
export type CurvesOf = 'sensor' | 'members';

/** What is kept of a sensor in a window. */
export interface KeptCurves {
  /** In order of time; parts of all labels. */
  readonly parts: readonly KeptPart[];
  /** Hours whose bytes are not those that were written: nothing of them is in `parts`. */
  readonly damaged: readonly TimeWindow[];
  /** Some of the file is no chunk at all: which hours it held is not known, unless others surround them. */
  readonly torn: boolean;
}

const NONE: KeptCurves = { parts: [], damaged: [], torn: false };
/** Chunks held decoded. */
const HELD_BYTES = 64 * 1024 * 1024;

export class CurveStore {
  readonly #folder: string;
  /** By file, not by path: a run that goes on writes the curves of a sensor anew. */
  readonly #indices = new Map<string, ChunkIndex>();
  /** By file and place, the least lately used first. */
  readonly #held = new Map<string, { parts: readonly KeptPart[]; bytes: number }>();
  #heldBytes = 0;

  constructor(cacheFolder: string) {
    this.#folder = join(cacheFolder, 'curves');
  }

  /** Begins the curves of a sensor anew. */
  async begin(run: RunIdentity, sensorKey: string, of?: CurvesOf): Promise<CurveWriter> {
    await mkdir(this.#runFolder(run), { recursive: true });
    const path = this.#path(run, sensorKey, of);
    await rm(path, { force: true });
    await rm(`${path}.part`, { force: true });
    return CurveWriter.create(path);
  }

  /** Goes on with the curves of a sensor after so many bytes; undefined when they are not there any more. */
  async goOn(run: RunIdentity, sensorKey: string, bytes: number): Promise<CurveWriter | undefined> {
    return CurveWriter.goOn(this.#path(run, sensorKey), bytes).catch(() => undefined);
  }

  /** What is kept of a sensor, of all time without a window. */
  async read(
    run: RunIdentity,
    sensorKey: string,
    window?: TimeWindow,
    of?: CurvesOf,
  ): Promise<KeptCurves> {
    const opened = await this.#open(run, sensorKey, of);
    if (opened === undefined) return NONE;
    const { id, file } = opened;
    const reader = new ChunkReader(file);
    try {
      const index = await this.#index(id, reader);
      const wanted = index.entries.filter((each) => !window || overlaps(each.window, window));
      const parts: KeptPart[] = [];
      const damaged: TimeWindow[] = [];
      for (const entry of wanted) {
        const read = await this.#chunk(id, reader, entry);
        if (read === undefined) damaged.push(entry.window);
        else parts.push(...read);
      }
      const torn = index.damaged;
      return { parts, damaged: torn ? [...damaged, ...missingHours(index)] : damaged, torn };
    } catch {
      return NONE;
    } finally {
      await file.close();
    }
  }

  /** Whether anything of the sensor is kept for the run. */
  async has(run: RunIdentity, sensorKey: string): Promise<boolean> {
    const opened = await this.#open(run, sensorKey);
    if (opened === undefined) return false;
    try {
      return (await this.#index(opened.id, new ChunkReader(opened.file))).entries.length > 0;
    } catch {
      return false;
    } finally {
      await opened.file.close();
    }
  }

  /** The sensors a run has curves of, those still being made included. */
  async sensorKeys(run: RunIdentity): Promise<string[]> {
    const names = await readdir(this.#runFolder(run)).catch(() => []);
    const keys = names.flatMap((name) => /^sensor-(.+?)\.kept(?:\.part)?$/.exec(name)?.[1] ?? []);
    return [...new Set(keys.map(decodeURIComponent))].sort();
  }

  /** The runs that curves are kept of, and the sensors of each that are done. */
  async kept(): Promise<KeptRun[]> {
    const runs: KeptRun[] = [];
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      const [, id, started] = /^run-(\d+)-(\d+)$/.exec(folder) ?? [];
      if (id === undefined || started === undefined) continue;
      const names = await readdir(join(this.#folder, folder)).catch(() => []);
      const sensors = names.flatMap((name) => /^sensor-(.+)\.kept$/.exec(name)?.[1] ?? []);
      const run = { id: Number(id), startedNs: epochNs(BigInt(started)) };
      runs.push({ run, sensorKeys: sensors.map(decodeURIComponent) });
    }
    return runs;
  }

  /** Bytes on disk of a run's curves. */
  async sizeBytes(run: RunIdentity): Promise<number> {
    const folder = this.#runFolder(run);
    const names = await readdir(folder).catch(() => []);
    const sizes = names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  /** Removes dense curves as Onset kept them before; nothing reads them any more. */
  async removeOutdated(run: RunIdentity): Promise<void> {
    const folder = this.#runFolder(run);
    const names = await readdir(folder).catch(() => []);
    const outdated = names.filter((name) => /^sensor-.+\.(?:f32|json)$/.test(name));
    for (const name of outdated) await rm(join(folder, name), { force: true });
  }

  /** Removes all curves of a run. */
  async remove(run: RunIdentity): Promise<void> {
    await rm(this.#runFolder(run), { recursive: true, force: true });
  }

  async #open(
    run: RunIdentity,
    sensorKey: string,
    of?: CurvesOf,
  ): Promise<{ id: string; file: FileHandle } | undefined> {
    const path = this.#path(run, sensorKey, of);
    for (const each of [path, `${path}.part`]) {
      const file = await open(each, 'r').catch(() => undefined);
      if (file === undefined) continue;
      const { ino, birthtimeMs } = await file.stat();
      return { id: `${ino} ${birthtimeMs}`, file };
    }
    return undefined;
  }

  async #index(id: string, file: ChunkReader): Promise<ChunkIndex> {
    const index = await readChunkIndex(file, this.#indices.get(id));
    this.#indices.set(id, index);
    return index;
  }

  async #chunk(
    id: string,
    file: ChunkReader,
    entry: ChunkEntry,
  ): Promise<readonly KeptPart[] | undefined> {
    const key = `${id} ${entry.at} ${entry.crc}`;
    const held = this.#held.get(key);
    if (held !== undefined) {
      this.#held.delete(key);
      this.#held.set(key, held);
      return held.parts;
    }
    const parts = await readChunk(file, entry);
    if (parts === undefined) return undefined;
    this.#held.set(key, { parts, bytes: entry.length });
    this.#heldBytes += entry.length;
    for (const [oldest, { bytes }] of this.#held) {
      if (this.#heldBytes <= HELD_BYTES) break;
      this.#held.delete(oldest);
      this.#heldBytes -= bytes;
    }
    return parts;
  }

  #runFolder(run: RunIdentity): string {
    return join(this.#folder, `run-${run.id}-${run.startedNs}`);
  }

  /** Codes come from files and may hold anything; encoded they cannot leave the folder. */
  #path(run: RunIdentity, sensorKey: string, of: CurvesOf = 'sensor'): string {
    return join(this.#runFolder(run), `${of}-${encodeURIComponent(sensorKey)}.kept`);
  }
}

/** Hours between the first and the last chunk that no chunk is of; where data has gaps there may be none to miss. */
function missingHours({ entries }: ChunkIndex): TimeWindow[] {
  return entries.slice(1).flatMap(({ window }, k) => {
    const before = entries[k]?.window;
    return before !== undefined && before.endNs < window.startNs
      ? [{ startNs: before.endNs, endNs: window.startNs }]
      : [];
  });
}

/** What a person is told of damage: nothing of it is drawn or picked again. */
export function damageWords(sensorKey: string, { damaged, torn }: KeptCurves): string[] {
  const [first] = damaged;
  const last = damaged.at(-1);
  if (first === undefined || last === undefined) {
    return torn
      ? [
          `Some of the probability curves kept of ${sensorKey} are damaged; they are not drawn and not picked again. Run the model again to have them.`,
        ]
      : [];
  }
  const hours = damaged.length === 1 ? '1 hour' : `${damaged.length} hours`;
  return [
    `The probability curves kept of ${sensorKey} are damaged for ${hours} between ${formatIso(first.startNs, 0)} and ${formatIso(last.endNs, 0)}; nothing is drawn or picked again there. Run the model again to have them.`,
  ];
}

/** Appends the hours of one sensor. */
export class CurveWriter {
  readonly #path: string;
  readonly #chunks: ChunkWriter;

  private constructor(path: string, chunks: ChunkWriter) {
    this.#path = path;
    this.#chunks = chunks;
  }

  static async create(path: string): Promise<CurveWriter> {
    return new CurveWriter(path, await ChunkWriter.create(`${path}.part`));
  }

  static async goOn(path: string, bytes: number): Promise<CurveWriter> {
    return new CurveWriter(path, await ChunkWriter.goOn(`${path}.part`, bytes));
  }

  /** How much is written; a run that is cut short goes on from there. */
  async settle(): Promise<number> {
    await this.#chunks.sync();
    return this.#chunks.bytes;
  }

  /** Seals an hour; it can be read from now on. */
  seal(hour: TimeWindow, parts: readonly KeptPart[]): Promise<void> {
    return this.#chunks.append(hour, parts);
  }

  /** The sensor is done. */
  async finish(): Promise<void> {
    await this.#chunks.close();
    await rename(`${this.#path}.part`, this.#path);
  }

  /** The sensor is not done: of what was written only so many bytes stay. */
  async abandon(keptBytes = 0): Promise<void> {
    await this.#chunks.close();
    if (keptBytes === 0) await rm(`${this.#path}.part`, { force: true });
    else {
      await truncate(`${this.#path}.part`, keptBytes);
      await rename(`${this.#path}.part`, this.#path);
    }
  }
}
