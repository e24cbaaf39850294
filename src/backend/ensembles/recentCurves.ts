// The members' own curves of the last blocks: what each of them says about a pick that has just become final.

import { samplesToNs } from '../../domain/waveform/traceSegment.ts';
import type { EpochNs } from '../../base/time.ts';
import type { PickScatter } from '../../domain/event/pickScatter.ts';
import { memberVotes } from '../../models/ensemble/disagreement.ts';
import type { CombinedBlock } from '../../models/ensemble/ensembleStream.ts';

/** Picks become final within a block or two. */
const BLOCKS_HELD = 3;

export class RecentCurves {
  readonly #reachS: number;
  /** By member: its thresholds by label. */
  readonly #thresholds: readonly Readonly<Record<string, number>>[];
  #blocks: CombinedBlock[] = [];

  constructor(reachS: number, thresholds: readonly Readonly<Record<string, number>>[]) {
    this.#reachS = reachS;
    this.#thresholds = thresholds;
  }

  add(block: CombinedBlock): void {
    this.#blocks = [...this.#blocks, block].slice(-BLOCKS_HELD);
  }

  /** Undefined where no block about the pick is held any more. */
  scatterOf(label: string, time: EpochNs): PickScatter | undefined {
    const block = this.#blocks.find((each) => indexIn(each, time) !== undefined);
    if (block === undefined) return undefined;
    const { sampleRateHz } = block;
    const reach = Math.round(this.#reachS * sampleRateHz);
    const around = this.#around(label, time, reach, sampleRateHz);
    const votes = memberVotes(around, reach, reach);
    const seen = votes.filter(
      ({ member, value }) => value >= (this.#thresholds[member]?.[label] ?? Infinity),
    );
    return {
      asked: votes.length,
      agreeing: seen.length,
      probabilityDeviation: deviation(votes.map(({ value }) => value)) ?? 0,
      timeDeviationS: deviation(seen.map(({ sample }) => sample / sampleRateHz)),
    };
  }

  /** Each member's curve `reach` samples to both sides of a time; NaN where it has none. */
  #around(label: string, time: EpochNs, reach: number, sampleRateHz: number): Float32Array[] {
    const rows = this.#thresholds.map(() => new Float32Array(2 * reach + 1).fill(NaN));
    for (const block of this.#blocks) {
      if (block.sampleRateHz !== sampleRateHz) continue;
      const startNs = time - samplesToNs(reach, sampleRateHz);
      const shift = Math.round((Number(block.startNs - startNs) / 1e9) * sampleRateHz);
      for (const [member, row] of (block.members[label] ?? []).entries()) {
        if (row === undefined) continue;
        const from = Math.max(0, -shift);
        const to = Math.min(row.length, 2 * reach + 1 - shift);
        if (from < to) rows[member]?.set(row.subarray(from, to), from + shift);
      }
    }
    return rows;
  }
}

function indexIn(
  { startNs, sampleRateHz, curves }: CombinedBlock,
  time: EpochNs,
): number | undefined {
  const index = Math.round((Number(time - startNs) / 1e9) * sampleRateHz);
  const length = Math.max(0, ...Object.values(curves).map((curve) => curve.length));
  return index >= 0 && index < length ? index : undefined;
}

/** Divisor n; undefined of nothing. */
function deviation(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
