// Curves of one stretch of data, label by label, as they come: picks as soon as they are final, and what is kept.

import type { PickRule } from '../../domain/event/runSettings.ts';
import {
  thresholdLabels,
  type PickOptions,
  pickSparse,
  type RulePick,
  type Thresholds,
} from '../pickRules/pickCurves.ts';
import {
  independentSamples,
  type KeepLevels,
  keepLevels,
  needsEveryLabel,
} from '../pickRules/reach.ts';
import { settledBefore } from '../pickRules/settled.ts';
import type { RunCurve, SparseCurve, SparseCurves } from '../pickRules/sparseCurve.ts';
import { type LabelRow, NOISE_LABEL } from '../spec.ts';
import { CurveKeeper, type KeeperState } from './curveKeeper.ts';
import { sliceSparse } from './keptPart.ts';
import { type BuilderState, SparseBuilder } from './sparseBuilder.ts';

/** How curves become picks. */
export interface Picking extends PickOptions {
  readonly rule: PickRule;
  readonly thresholds: Thresholds;
}

/**
 * The labels whose curves a run needs, with their rows in the network's output: all but noise, and noise too where the rule
 * compares with it.
 */
export function keptLabels(labels: readonly string[], rule: PickRule): LabelRow[] {
  return labels
    .map((phase, row) => ({ phase, row }))
    .filter(({ phase }) => phase !== NOISE_LABEL || needsEveryLabel(rule));
}

/** Where the picking of a stretch is, to go on from. */
export interface StretchState {
  readonly pickedTo: number;
  readonly takenTo: number;
  readonly kept: readonly {
    readonly label: string;
    readonly keeper: KeeperState;
    readonly builder: BuilderState;
  }[];
}

/**
 * Picks a stretch that comes in blocks, from what is kept of it: picking the kept curve again with the same settings
 * gives the same picks.
 */
export class StretchPicker {
  readonly #picking: Picking;
  readonly #sampleRateHz: number;
  readonly #levels: KeepLevels;
  readonly #kept = new Map<string, { keeper: CurveKeeper; builder: SparseBuilder }>();
  /** Picks before it have been answered. */
  #pickedTo = 0;
  #takenTo = 0;
  #ended = false;

  constructor(picking: Picking, sampleRateHz: number, levels: KeepLevels, state?: StretchState) {
    this.#picking = picking;
    this.#sampleRateHz = sampleRateHz;
    this.#levels = levels;
    if (state === undefined) return;
    this.#pickedTo = state.pickedTo;
    this.#takenTo = state.takenTo;
    for (const each of state.kept) {
      const builder = new SparseBuilder(each.builder);
      this.#kept.set(each.label, {
        builder,
        keeper: new CurveKeeper(levels, builder, each.keeper),
      });
    }
  }

  /** A copy of where it is, of a stretch that has not ended. */
  get state(): StretchState {
    const kept = [...this.#kept].map(([label, { keeper, builder }]) => ({
      label,
      keeper: keeper.state,
      builder: builder.state,
    }));
    return { pickedTo: this.#pickedTo, takenTo: this.#takenTo, kept };
  }

  get levels(): KeepLevels {
    return this.#levels;
  }

  /** Samples taken. */
  get length(): number {
    return this.#takenTo;
  }

  /** What is kept before this sample will not change. */
  get settledTo(): number {
    if (this.#ended) return this.#takenTo;
    const kept = [...this.#kept.values()].map(({ keeper }) => keeper.settledTo);
    return Math.min(this.#takenTo, ...kept);
  }

  /**
   * Takes the next samples of every label, equally many; labels stay the same. Of sparse ones all that is not known is
   * too low to be kept. The arrays are not held on to.
   */
  push(curves: Readonly<Record<string, RunCurve>>): void {
    for (const [label, curve] of Object.entries(curves)) {
      const { keeper } = this.#keptOf(label);
      if (curve instanceof Float32Array) keeper.push(curve);
      else keeper.pushSparse(curve);
      this.#takenTo = Math.max(this.#takenTo, keeper.to);
    }
  }

  /** Picks that have become final since the last call. */
  picks(): RulePick[] {
    const { rule, thresholds } = this.#picking;
    const span = { from: this.#pickedTo, knownTo: this.settledTo };
    const curves = this.#curves(span.knownTo);
    const to = this.#ended
      ? this.#takenTo
      : settledBefore(rule, thresholds, curves, this.#sampleRateHz, span);
    if (to <= this.#pickedTo) return [];
    const from = this.#pickedTo;
    this.#pickedTo = to;
    return pickSparse(rule, thresholds, curves, this.#sampleRateHz, this.#picking).filter(
      ({ sample }) => sample >= from && sample < to,
    );
  }

  /** The stretch ends here. */
  end(): void {
    for (const { keeper } of this.#kept.values()) keeper.end();
    this.#ended = true;
  }

  /** What is kept of samples `[from, to)`, by label; good until the next call of anything else. */
  keptBetween(from: number, to: number): [label: string, curve: SparseCurve][] {
    return [...this.#kept].map(([label, { builder }]) => [
      label,
      sliceSparse(builder.toSparse(this.#takenTo), from, to),
    ]);
  }

  /** Lets go of what is kept before a sample, as far as no pick can need it any more. */
  drop(before: number): void {
    const needed = this.#pickedTo - 2 * independentSamples(this.#picking.rule, this.#sampleRateHz);
    for (const { builder } of this.#kept.values()) builder.drop(Math.min(before, needed));
  }

  #curves(length: number): SparseCurves {
    return Object.fromEntries(
      [...this.#kept].map(([label, { builder }]) => [label, builder.toSparse(length)]),
    );
  }

  #keptOf(label: string): { keeper: CurveKeeper; builder: SparseBuilder } {
    let kept = this.#kept.get(label);
    if (kept === undefined) {
      const builder = new SparseBuilder();
      kept = { builder, keeper: new CurveKeeper(this.#levels, builder) };
      this.#kept.set(label, kept);
    }
    return kept;
  }
}

/** What to keep of a run so that its own picks, and those of all thresholds from `floor` on, can be made from it. */
export function levelsFor({ rule, thresholds, uncertainty }: Picking, floor: number): KeepLevels {
  const lowest = Math.min(
    ...thresholdLabels(thresholds).map((label) => thresholds[label] as number),
  );
  // A normal curve is fitted to samples from a tenth of the peak on.
  const own = uncertainty === 'normal fit' ? 0.1 * lowest : lowest;
  return keepLevels(rule, Math.min(floor, own));
}
