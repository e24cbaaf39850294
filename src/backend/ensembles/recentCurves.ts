// The members' own curves of the last blocks: what each of them says about a pick that has just become final.

import { samplesToNs, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { addSeconds, type EpochNs } from '../../base/time.ts';
import type { PickScatter, PickVote } from '../../domain/event/pickScatter.ts';
import { memberVotes } from '../../models/ensemble/disagreement.ts';
import { sameStretch } from '../../models/keptCurves/sensorPicker.ts';
import type { CombinedBlock } from '../../models/ensemble/ensembleStream.ts';

/** Picks become final within a block or two. */
const BLOCKS_HELD = 3;

interface HeldBlock extends CombinedBlock {
  /** Counts stretches: what lies beyond a gap says nothing about a pick. */
  readonly stretch: number;
  readonly length: number;
}

/** One whose curves are asked. */
export interface AskedMember {
  /** Its place among all members of the run: not all look at every sensor. */
  readonly index: number;
  readonly thresholds: Readonly<Record<string, number>>;
}

export class RecentCurves {
  readonly #reachS: number;
  readonly #members: readonly AskedMember[];
  #blocks: HeldBlock[] = [];

  constructor(reachS: number, members: readonly AskedMember[]) {
    this.#reachS = reachS;
    this.#members = members;
  }

  /** What was said about picks from `neededNs` on is held too. */
  add(block: CombinedBlock, neededNs: EpochNs | undefined): void {
    const last = this.#blocks.at(-1);
    const goesOn = last !== undefined && sameStretch(last, last.length, block);
    const stretch = (last?.stretch ?? 0) + (goesOn ? 0 : 1);
    const length = Math.max(0, ...Object.values(block.curves).map((curve) => curve.length));
    const all = [...this.#blocks, { ...block, stretch, length }];
    const fromNs = neededNs && addSeconds(neededNs, -this.#reachS);
    this.#blocks = all.filter(
      (each, k) =>
        k >= all.length - BLOCKS_HELD || (fromNs !== undefined && lastOf(each) >= fromNs),
    );
  }

  /** The last sample that has been added. */
  get knownToNs(): EpochNs | undefined {
    const last = this.#blocks.at(-1);
    return last && lastOf(last);
  }

  /** Undefined where no block about the pick is held any more. */
  scatterOf(label: string, time: EpochNs): PickScatter | undefined {
    const block = this.#blocks.find((each) => indexIn(each, time) !== undefined);
    if (block === undefined) return undefined;
    const { sampleRateHz } = block;
    const reach = Math.round(this.#reachS * sampleRateHz);
    const around = this.#around(label, time, reach, block);
    const votes = memberVotes(around, reach, reach);
    const told = votes.flatMap(({ member: place, sample, value }): PickVote[] => {
      const member = this.#members[place];
      if (member === undefined) return [];
      const offsetS = (sample - reach) / sampleRateHz;
      const agrees = value >= (member.thresholds[label] ?? Infinity);
      return [{ member: member.index, probability: value, offsetS, agrees }];
    });
    const seen = told.filter(({ agrees }) => agrees);
    return {
      asked: told.length,
      agreeing: seen.length,
      probabilityDeviation: deviation(told.map(({ probability }) => probability)) ?? 0,
      timeDeviationS: deviation(seen.map(({ offsetS }) => offsetS)),
      votes: told,
    };
  }

  /** Each member's curve `reach` samples to both sides of a time; NaN where it has none. */
  #around(
    label: string,
    time: EpochNs,
    reach: number,
    { sampleRateHz, stretch }: HeldBlock,
  ): Float32Array[] {
    const rows = this.#members.map(() => new Float32Array(2 * reach + 1).fill(NaN));
    for (const block of this.#blocks) {
      if (block.stretch !== stretch) continue;
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

function indexIn({ startNs, sampleRateHz, length }: HeldBlock, time: EpochNs): number | undefined {
  const index = Math.round((Number(time - startNs) / 1e9) * sampleRateHz);
  return index >= 0 && index < length ? index : undefined;
}

function lastOf({ startNs, sampleRateHz, length }: HeldBlock): EpochNs {
  return sampleTime(startNs, length - 1, sampleRateHz);
}

/** Divisor n; undefined of nothing. */
function deviation(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
