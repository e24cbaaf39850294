import { AppError, messageOf } from '../../base/appError.ts';
import type { SweepPoint, SweepRow, SweepSpec } from '../../domain/evaluation/sweep.ts';
import { Random } from '../random.ts';
import { type Places, SweepSpace } from './space.ts';
import { nextPlaces, type Tried } from './treeParzen.ts';

/** What a point is worth. */
export interface Trial<R> {
  readonly result: R;
  /** To be made large; null where there is no such number. */
  readonly value: number | null;
}

export interface SweepOptions<R> {
  /** An AppError costs its point alone, a cancelled one ends the sweep; anything else is a bug and is thrown. */
  readonly evaluate: (point: SweepPoint, signal: AbortSignal | undefined) => Promise<Trial<R>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number, row: SweepRow<R>) => void;
}

export interface SweepOutcome<R> {
  /** In the order in which they were tried. */
  readonly rows: readonly SweepRow<R>[];
  readonly planned: number;
  /** True when it was ended early; what was done is kept. */
  readonly cancelled: boolean;
}

/** Points that `bayes` draws by chance before it learns from them. */
const FIRST_BY_CHANCE = 8;

/**
 * Tries points one after another: `grid` all of them, the last parameter fastest; `random` n of them by chance;
 * `bayes` n of them, learning (see treeParzen.ts). No point is tried twice; the same seed gives the same points.
 */
export async function runSweep<R>(
  spec: SweepSpec,
  options: SweepOptions<R>,
): Promise<SweepOutcome<R>> {
  const { signal, onProgress } = options;
  const space = new SweepSpace(spec);
  const random = new Random(spec.seed);
  const planned = Math.min(spec.method === 'grid' ? space.size : spec.n, space.size);
  const rows: SweepRow<R>[] = [];
  const tried: Tried[] = [];
  while (rows.length < planned && signal?.aborted !== true) {
    const places = choose(spec, space, tried, random);
    if (!places) break;
    space.take(places);
    const row = await tryPoint(space.pointAt(places), options);
    if (row === undefined) break;
    rows.push(row);
    tried.push({ places, value: row.value });
    onProgress?.(rows.length, planned, row);
  }
  return { rows, planned, cancelled: rows.length < planned };
}

function choose(
  { method, n }: SweepSpec,
  space: SweepSpace,
  tried: readonly Tried[],
  random: Random,
): Places | undefined {
  if (method === 'grid') return space.placesOf(tried.length);
  const chance = method === 'random' || tried.length < Math.min(FIRST_BY_CHANCE, n / 2);
  return chance ? space.randomFree(random) : nextPlaces(space, tried, random);
}

/** Undefined when the sweep was cancelled meanwhile. */
async function tryPoint<R>(
  point: SweepPoint,
  { evaluate, signal }: SweepOptions<R>,
): Promise<SweepRow<R> | undefined> {
  try {
    const { result, value } = await evaluate(point, signal);
    const known = value !== null && Number.isFinite(value) ? value : null;
    return { point, result, value: known, error: undefined };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'cancelled') return undefined;
    return { point, result: undefined, value: null, error: messageOf(error) };
  }
}
