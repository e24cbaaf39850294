// What has to be kept of the members' own curves so that they can be taken together another way later: all of them wherever
// any way could matter. No rule and no weights give more than the noisy-or of all members, so that decides.

import { type EpochNs } from '../../base/time.ts';
import { nearestSample, sampleTime } from '../../domain/waveform/traceSegment.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { CurveKeeper } from '../keptCurves/curveKeeper.ts';
import type { KeptPart } from '../keptCurves/keptPart.ts';
import { hourOf, sameStretch, type SealHour } from '../keptCurves/sensorPicker.ts';
import { SparseBuilder } from '../keptCurves/sparseBuilder.ts';
import type { KeepLevels } from '../pickRules/reach.ts';
import { pieceAt, pieceCount, pieceFrom, pieceTo } from '../pickRules/sparseCurve.ts';
import { combineCurves } from './combine.ts';
import { halfWindow } from './combineMembers.ts';
import type { CombinedBlock } from './ensembleStream.ts';

/** Rounding must not make a curve seem lower than one made of it. */
const ABOVE_ROUNDING = 1 + 1e-6;

/** Of one label. */
interface Kept {
  readonly highest: SparseBuilder;
  readonly keeper: CurveKeeper;
  /** By member: samples from the stretch's `heldFrom` on; undefined where a member does not have the label. */
  rows: (Float32Array | undefined)[];
}

interface Stretch {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly labels: Map<string, Kept>;
  length: number;
  /** All before has been sealed. */
  heldFrom: number;
}

/** The label under which a member's curve is kept, by its place among the members of the run. */
export function memberLabel(member: number, label: string): string {
  return `${member} ${label}`;
}

/** Undefined for what is no label of a member. */
export function readMemberLabel(text: string): { member: number; label: string } | undefined {
  const [, member, label] = /^(\d+) (.+)$/.exec(text) ?? [];
  return member === undefined || label === undefined
    ? undefined
    : { member: Number(member), label };
}

/** Takes the blocks of an ensemble in order of time and seals what is kept of each hour. */
export class MemberKeeper {
  readonly #levels: KeepLevels;
  readonly #places: readonly number[];
  readonly #seal: SealHour;
  #stretch: Stretch | undefined;
  #hour: TimeWindow | undefined;
  #parts: KeptPart[] = [];

  /** `places`: of each row of a block, its member's place among all of the run. */
  constructor(levels: KeepLevels, places: readonly number[], seal: SealHour) {
    this.#levels = levels;
    this.#places = places;
    this.#seal = seal;
  }

  async take(block: CombinedBlock): Promise<void> {
    let stretch = this.#stretch;
    if (stretch === undefined || !sameStretch(stretch, stretch.length, block)) {
      await this.#endStretch();
      const { startNs, sampleRateHz } = block;
      stretch = { startNs, sampleRateHz, labels: new Map(), length: 0, heldFrom: 0 };
      this.#stretch = stretch;
    }
    const length = Math.max(0, ...Object.values(block.curves).map((curve) => curve.length));
    for (const [label, rows] of Object.entries(block.members)) {
      this.#push(stretch, label, rows, length);
    }
    stretch.length += length;
    await this.#sealHours(stretch, false);
  }

  /** No more blocks. */
  async end(): Promise<void> {
    await this.#endStretch();
    await this.#sealHour();
  }

  #push(
    stretch: Stretch,
    label: string,
    rows: readonly (Float32Array | undefined)[],
    length: number,
  ): void {
    let kept = stretch.labels.get(label);
    if (kept === undefined) {
      const highest = new SparseBuilder();
      kept = { highest, keeper: new CurveKeeper(this.#levels, highest), rows: [] };
      stretch.labels.set(label, kept);
    }
    const present = rows.flatMap((row) => row ?? []);
    const all =
      present.length === 0
        ? new Float64Array(length).fill(NaN)
        : combineCurves(present, { kind: 'noisyOr' });
    kept.keeper.push(Float32Array.from(all, (value) => value * ABOVE_ROUNDING));
    const held = stretch.length - stretch.heldFrom;
    const before = kept.rows;
    kept.rows = rows.map((row, k) => joined(before[k], held, row, length));
  }

  async #endStretch(): Promise<void> {
    const stretch = this.#stretch;
    if (stretch === undefined) return;
    this.#stretch = undefined;
    for (const { keeper } of stretch.labels.values()) keeper.end();
    await this.#sealHours(stretch, true);
  }

  async #sealHours(stretch: Stretch, ended: boolean): Promise<void> {
    const around = contextSamples(stretch.sampleRateHz);
    const settled = [...stretch.labels.values()].map(({ keeper }) => keeper.settledTo);
    // What is kept later reaches back this far.
    const upTo = ended ? stretch.length : Math.min(stretch.length, ...settled) - around;
    while (stretch.heldFrom < upTo) {
      const from = stretch.heldFrom;
      const hour = hourOf(sampleTime(stretch.startNs, from, stretch.sampleRateHz));
      const hourEnd = sampleFrom(stretch, hour.endNs);
      if (hourEnd > upTo && !ended) break;
      const to = Math.min(hourEnd, upTo);
      if (this.#hour?.startNs !== hour.startNs) await this.#sealHour();
      this.#hour = hour;
      for (const [label, kept] of stretch.labels) {
        this.#parts.push(...this.#partsOf(stretch, label, kept, [from, to]));
        kept.rows = kept.rows.map((row) => row?.slice(to - from));
        kept.highest.drop(to - 2 * around);
      }
      stretch.heldFrom = to;
      if (to === hourEnd) await this.#sealHour();
    }
  }

  /** A part for each member that has the label; all hold the same samples, NaN where the member has none. */
  #partsOf(
    { startNs, sampleRateHz, heldFrom }: Stretch,
    label: string,
    { highest, rows }: Kept,
    [from, to]: readonly [number, number],
  ): KeptPart[] {
    const around = contextSamples(sampleRateHz);
    const curve = highest.toSparse(to);
    const spans: [number, number][] = [];
    for (let piece = pieceAt(curve, from - around); piece < pieceCount(curve); piece += 1) {
      const begin = Math.max(from, pieceFrom(curve, piece) - around);
      if (begin >= to) break;
      spans.push([begin, Math.min(to, pieceTo(curve, piece) + around)]);
    }
    return rows.flatMap((row, k): KeptPart[] => {
      if (row === undefined) return [];
      const builder = new SparseBuilder();
      for (const [begin, end] of spans) {
        builder.append(begin, row.subarray(begin - heldFrom, end - heldFrom));
      }
      const own = { label: memberLabel(this.#places[k] ?? k, label), stretchStartNs: startNs };
      const place = { sampleRateHz, from, to, levels: this.#levels };
      return [{ ...own, ...place, curve: builder.toSparse(to, true) }];
    });
  }

  async #sealHour(): Promise<void> {
    const parts = this.#parts;
    const hour = this.#hour;
    this.#parts = [];
    this.#hour = undefined;
    if (hour !== undefined && parts.length > 0) await this.#seal(hour, parts);
  }
}

/** What a sample of the common curve may be made of by any rule, and the one more sample that is kept on each side. */
function contextSamples(sampleRateHz: number): number {
  return halfWindow('semblance', sampleRateHz) + 1;
}

function joined(
  before: Float32Array | undefined,
  held: number,
  row: Float32Array | undefined,
  length: number,
): Float32Array | undefined {
  if (before === undefined && row === undefined) return undefined;
  const all = new Float32Array(held + length).fill(NaN);
  if (before !== undefined) all.set(before);
  if (row !== undefined) all.set(row, held);
  return all;
}

/** The first sample at or after a time. */
function sampleFrom({ startNs, sampleRateHz }: Stretch, time: EpochNs): number {
  const nearest = nearestSample(startNs, time, sampleRateHz);
  return sampleTime(startNs, nearest, sampleRateHz) >= time ? nearest : nearest + 1;
}
