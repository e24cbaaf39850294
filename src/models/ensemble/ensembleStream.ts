// Curves of several members that come block by block, put on one time axis and combined. How they are cut into blocks makes
// no difference: what another block could still change waits for it.

import { type EpochNs, epochNs, maxTime, minTime } from '../../base/time.ts';
import { sampleTime, samplesToNs } from '../../domain/waveform/traceSegment.ts';
import type { CurveBlock } from '../keptCurves/sensorPicker.ts';
import { combineMembers, halfWindow, type MemberRule } from './combineMembers.ts';
import { onAxisPart } from './members.ts';

/** One block of the common curve, with those of the members it was made of. */
export interface CombinedBlock extends CurveBlock {
  /** Where sample 0 lies on the axis of its stretch; blocks of one stretch follow without holes. */
  readonly axisSample: number;
  /** By label: a curve for each member; undefined for those that do not have the label. */
  readonly members: Readonly<Record<string, readonly (Float32Array | undefined)[]>>;
}

/** A gap-free stretch of one member: sample `first + i` of it is value i. */
interface Track {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  first: number;
  curves: Readonly<Record<string, Float32Array>>;
  warnings: readonly string[];
}

/** The axis of a stretch of the common curve. */
interface Axis {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  /** Where the stretch begins. */
  readonly first: number;
  next: number;
}

/** Samples `[from, to)` of an axis. */
interface AxisSpan {
  readonly axis: Axis;
  readonly from: number;
  readonly to: number;
}

/** Tracks this near to each other, in samples of the slower, are one stretch. */
const SAME_STRETCH_SAMPLES = 1.5;

export class EnsembleStream {
  readonly #how: MemberRule;
  readonly #labels: readonly string[];
  readonly #tracks: Track[][];
  /** Of the stretch that may go on. */
  #axis: Axis | undefined;

  /** `labels` are those the common curve is made of. */
  constructor(how: MemberRule, members: number, labels: readonly string[]) {
    this.#how = how;
    this.#labels = labels;
    this.#tracks = Array.from({ length: members }, () => []);
  }

  /** The next block of a member, in order of time. The arrays are held on to until they have been combined. */
  add(member: number, { startNs, sampleRateHz, curves, warnings }: CurveBlock): void {
    const tracks = this.#tracks[member];
    const last = tracks?.at(-1);
    if (last !== undefined && goesOn(last, startNs, sampleRateHz)) {
      last.curves = joined(last.curves, curves);
      last.warnings = [...new Set([...last.warnings, ...warnings])];
    } else {
      tracks?.push({ startNs, sampleRateHz, first: 0, curves, warnings });
    }
  }

  /** What no later block can change, when all members have given all before `untilNs`; all there is without it. */
  take(untilNs?: EpochNs): CombinedBlock[] {
    const blocks: CombinedBlock[] = [];
    for (const cluster of this.#clusters()) {
      const span = this.#spanOf(cluster, untilNs);
      if (span.from < span.to) blocks.push(this.#combine(span));
    }
    this.#forget();
    return blocks;
  }

  /** Spans in which at least one member has a curve, in order of time. */
  #clusters(): Track[][] {
    const all = this.#tracks.flat().sort((a, b) => Number(timeOf(a, 0) - timeOf(b, 0)));
    const clusters: Track[][] = [];
    let endNs: EpochNs | undefined;
    for (const track of all) {
      const near = samplesToNs(SAME_STRETCH_SAMPLES, track.sampleRateHz);
      const apart = endNs === undefined || timeOf(track, 0) > endNs + near;
      if (apart) clusters.push([track]);
      else clusters.at(-1)?.push(track);
      endNs = apart ? endOf(track) : maxTime(endNs as EpochNs, endOf(track));
    }
    return clusters;
  }

  #spanOf(cluster: readonly Track[], untilNs: EpochNs | undefined): AxisSpan {
    const startNs = cluster.map((track) => timeOf(track, 0)).reduce(minTime);
    const endNs = cluster.map(endOf).reduce(maxTime);
    const axis = this.#axisOf(cluster, startNs, endNs);
    const slowestHz = Math.min(...cluster.map(({ sampleRateHz }) => sampleRateHz));
    const touches =
      untilNs !== undefined && endNs + samplesToNs(SAME_STRETCH_SAMPLES, slowestHz) >= untilNs;
    const knownNs = touches ? epochNs(untilNs - samplesToNs(1, slowestHz)) : endNs;
    const held = touches ? halfWindow(this.#how.rule, axis.sampleRateHz) : 0;
    const to = Math.floor(axisPosition(axis, minTime(knownNs, endNs)) + 1e-5) + 1 - held;
    const from = axis.next;
    axis.next = Math.max(from, to);
    this.#axis = touches ? axis : undefined;
    return { axis, from, to };
  }

  /** That of the stretch before, where this goes on from it; else the samples of the fastest member. */
  #axisOf(cluster: readonly Track[], startNs: EpochNs, endNs: EpochNs): Axis {
    const known = this.#axis;
    if (known !== undefined) {
      const nextNs = sampleTime(known.startNs, known.next, known.sampleRateHz);
      const near = samplesToNs(SAME_STRETCH_SAMPLES, known.sampleRateHz);
      if (nextNs >= startNs - near && nextNs <= endNs + near) return known;
    }
    const own =
      this.#how.rule === 'first' ? this.#tracks[0]?.filter((t) => cluster.includes(t)) : [];
    const candidates = own?.length ? own : cluster;
    const fastest = candidates.reduce((a, b) => (b.sampleRateHz > a.sampleRateHz ? b : a));
    const axis = { startNs: timeOf(fastest, 0), sampleRateHz: fastest.sampleRateHz };
    const first = Math.ceil(axisPosition(axis, startNs) - 1e-5);
    return { ...axis, first, next: first };
  }

  #combine({ axis, from, to }: AxisSpan): CombinedBlock {
    const { sampleRateHz } = axis;
    const around = halfWindow(this.#how.rule, sampleRateHz);
    const rows: Record<string, (Float32Array | undefined)[]> = {};
    const curves: Record<string, Float32Array> = {};
    for (const label of this.#labels) {
      const wide = this.#tracks.map((tracks) =>
        rowOf(tracks, label, { axis, from: from - around, to: to + around }),
      );
      const at = { sampleRateHz, firstSample: from - around - axis.first };
      const common = combineMembers(this.#how, wide, at);
      const length = to - from;
      curves[label] = common
        ? Float32Array.from(common.subarray(around, around + length))
        : new Float32Array(length).fill(NaN);
      rows[label] = wide.map((row) => row?.slice(around, around + length));
    }
    const startNs = sampleTime(axis.startNs, from, sampleRateHz);
    const warnings = this.#warnings(startNs, sampleTime(axis.startNs, to - 1, sampleRateHz));
    return { startNs, sampleRateHz, curves, warnings, axisSample: from, members: rows };
  }

  #warnings(startNs: EpochNs, endNs: EpochNs): string[] {
    const within = this.#tracks
      .flat()
      .filter((track) => timeOf(track, 0) <= endNs && endOf(track) >= startNs);
    return [...new Set(within.flatMap(({ warnings }) => warnings))];
  }

  /** Lets go of what no sample to come is made of. */
  #forget(): void {
    const axis = this.#axis;
    for (const tracks of this.#tracks) {
      const kept = axis === undefined ? [] : tracks.filter((track) => trim(track, axis, this.#how));
      tracks.splice(0, tracks.length, ...kept);
    }
  }
}

/** Whether anything of the track is still needed; drops what is not. */
function trim(track: Track, axis: Axis, { rule }: MemberRule): boolean {
  const around = halfWindow(rule, axis.sampleRateHz);
  const neededNs = sampleTime(axis.startNs, axis.next - around, axis.sampleRateHz);
  const position = (Number(neededNs - track.startNs) / 1e9) * track.sampleRateHz - track.first;
  const drop = Math.max(0, Math.floor(position) - 2);
  const length = lengthOf(track);
  if (drop >= length) return false;
  if (drop > 0) {
    track.first += drop;
    track.curves = Object.fromEntries(
      Object.entries(track.curves).map(([label, values]) => [label, values.slice(drop)]),
    );
  }
  return true;
}

/**
 * A member's curve of a label on the axis; undefined when it has none of that label there. Rounded as it is kept, so that
 * what is made of kept curves later is the same.
 */
function rowOf(
  tracks: readonly Track[],
  label: string,
  { axis, from, to }: AxisSpan,
): Float32Array | undefined {
  const startNs = sampleTime(axis.startNs, from, axis.sampleRateHz);
  const endNs = sampleTime(axis.startNs, to, axis.sampleRateHz);
  let row: Float32Array | undefined;
  for (const track of tracks) {
    const values = track.curves[label];
    if (values === undefined || timeOf(track, 0) > endNs || endOf(track) < startNs) continue;
    const own = onAxisPart({ ...track, values }, { ...axis, from, length: to - from });
    if (row === undefined) row = Float32Array.from(own);
    else
      for (let i = 0; i < own.length; i += 1) if (!Number.isNaN(own[i])) row[i] = own[i] as number;
  }
  return row;
}

function goesOn(track: Track, startNs: EpochNs, sampleRateHz: number): boolean {
  if (sampleRateHz !== track.sampleRateHz) return false;
  const expected = timeOf(track, lengthOf(track));
  return Math.abs(Number(startNs - expected)) * sampleRateHz <= 0.75e9;
}

function joined(
  before: Readonly<Record<string, Float32Array>>,
  after: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(before).map(([label, values]) => {
      const more = after[label] ?? new Float32Array(0);
      const whole = new Float32Array(values.length + more.length);
      whole.set(values);
      whole.set(more, values.length);
      return [label, whole];
    }),
  );
}

function lengthOf({ curves }: Track): number {
  return Math.max(0, ...Object.values(curves).map(({ length }) => length));
}

/** Of value i. */
function timeOf({ startNs, first, sampleRateHz }: Track, i: number): EpochNs {
  return sampleTime(startNs, first + i, sampleRateHz);
}

/** Of the last value. */
function endOf(track: Track): EpochNs {
  return timeOf(track, Math.max(0, lengthOf(track) - 1));
}

function axisPosition(
  { startNs, sampleRateHz }: Pick<Axis, 'startNs' | 'sampleRateHz'>,
  time: EpochNs,
): number {
  return (Number(time - startNs) / 1e9) * sampleRateHz;
}
