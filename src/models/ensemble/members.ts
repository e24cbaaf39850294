// Curves of one phase from several members of an ensemble (models, filter bands, shifted runs) on one time axis.

import { AppError } from '../../base/appError.ts';
import { assertDefined } from '../../base/assert.ts';
import { type EpochNs, epochNs, maxTime, minTime } from '../../base/time.ts';
import { sampleTime, samplesToNs } from '../../domain/waveform/traceSegment.ts';

/** Probabilities, one a sample; NaN where there is none. */
export type Curve = Float32Array | Float64Array;

/** A member's curve as its run left it. */
export interface MemberCurve {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly values: Curve;
}

/** Members on one time axis: sample i of every curve lies at the same time. */
export interface AlignedMembers {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly curves: readonly Float64Array[];
}

/** A member's sample counts as lying on the common axis when it is nearer to it than this part of a sample. */
const SAME_SAMPLE = 1e-5;

/**
 * Puts members on the sample times of the first one among those of the highest rate, over the span of all.
 * Values between a member's samples are interpolated linearly; outside a member's span it is NaN.
 * Throws `bad-input` for no member or one without a rate.
 */
export function alignMembers(members: readonly MemberCurve[]): AlignedMembers {
  const filled = members.filter(({ values }) => values.length > 0);
  if (filled.length === 0 || filled.some(({ sampleRateHz }) => !(sampleRateHz > 0))) {
    throw new AppError('bad-input', 'an ensemble needs at least one curve with a sampling rate');
  }
  const reference = filled.reduce((a, b) => (b.sampleRateHz > a.sampleRateHz ? b : a));
  const rateHz = reference.sampleRateHz;
  const starts = filled.map(({ startNs }) => startNs);
  const ends = filled.map((each) =>
    sampleTime(each.startNs, each.values.length - 1, each.sampleRateHz),
  );
  const earlier = Number(reference.startNs - starts.reduce(minTime)) / 1e9;
  const before = Math.ceil(earlier * rateHz - SAME_SAMPLE);
  const startNs = epochNs(reference.startNs - samplesToNs(before, rateHz));
  const spanS = Number(ends.reduce(maxTime) - startNs) / 1e9;
  const length = Math.floor(spanS * rateHz + SAME_SAMPLE) + 1;
  return {
    startNs,
    sampleRateHz: rateHz,
    curves: filled.map((member) => onAxis(member, startNs, rateHz, length)),
  };
}

/**
 * A member's curve at `length` sample times of an axis; interpolated linearly between its own samples, NaN outside
 * its span.
 */
function onAxis(
  { startNs, sampleRateHz, values }: MemberCurve,
  axisStartNs: EpochNs,
  axisRateHz: number,
  length: number,
): Float64Array {
  const axis = { startNs: axisStartNs, sampleRateHz: axisRateHz, from: 0, length };
  return onAxisPart({ startNs, sampleRateHz, values, first: 0 }, axis);
}

/**
 * The same of samples `from` on of a longer axis, of a member of whose longer curve `values` hold what begins at sample
 * `first`. Both starts are of the longer ones: where they are cut makes no difference to any digit.
 */
export function onAxisPart(
  { startNs, sampleRateHz, values, first }: MemberCurve & { readonly first: number },
  axis: {
    readonly startNs: EpochNs;
    readonly sampleRateHz: number;
    readonly from: number;
    readonly length: number;
  },
): Float64Array {
  const out = new Float64Array(axis.length).fill(NaN);
  const start = (Number(axis.startNs - startNs) / 1e9) * sampleRateHz;
  const step = sampleRateHz / axis.sampleRateHz;
  for (let i = 0; i < axis.length; i += 1) {
    const position = start + (axis.from + i) * step;
    const nearest = Math.round(position);
    if (Math.abs(position - nearest) < SAME_SAMPLE) {
      const at = nearest - first;
      if (at >= 0 && at < values.length) out[i] = values[at] as number;
      continue;
    }
    const whole = Math.floor(position);
    const below = whole - first;
    if (below < 0 || below + 1 >= values.length) continue;
    const fraction = position - whole;
    out[i] = (values[below] as number) * (1 - fraction) + (values[below + 1] as number) * fraction;
  }
  return out;
}

/** The common length of curves that share a time axis. Throws `bad-input` when they do not or there is none. */
export function commonLength(curves: readonly Curve[]): number {
  const length = curves[0]?.length;
  if (length === undefined || curves.some((curve) => curve.length !== length)) {
    throw new AppError(
      'bad-input',
      `an ensemble needs curves of one length, not of ${curves.map((curve) => curve.length).join(', ') || 'none'} samples; align them first`,
    );
  }
  return length;
}

/** Makes one number of the `count` values present at a sample; `members` says whose they are. */
export type Reduction = (values: Float64Array, members: Int32Array, count: number) => number;

/** Applies a reduction to every sample over the members that have a value there; NaN where none has. */
export function reduceMembers(curves: readonly Curve[], reduction: Reduction): Float64Array {
  const length = commonLength(curves);
  const out = new Float64Array(length);
  const values = new Float64Array(curves.length);
  const members = new Int32Array(curves.length);
  for (let i = 0; i < length; i += 1) {
    let count = 0;
    for (let m = 0; m < curves.length; m += 1) {
      const value = assertDefined(curves[m], 'curve of the ensemble')[i] as number;
      if (value !== value) continue;
      values[count] = value;
      members[count] = m;
      count += 1;
    }
    out[i] = count === 0 ? NaN : reduction(values, members, count);
  }
  return out;
}
