// A record through a detector's band and characteristic function, part by part.

import { curveKind, type DetectorSettings } from '../../domain/event/detectorSettings.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';
import { designBandFilter } from '../filter/bandFilter.ts';
import { filterNext, filterState } from '../filter/filterSamples.ts';
import { type Sos, settleSamples } from '../filter/sections.ts';
import { delayedStaLta, zDetect } from '../trigger/staLta.ts';
import { curveMaker, type CurveState, windowsInSamples } from './curveMakers.ts';

/** Where a record is, to go on from; plain data and typed arrays. */
export interface DetectorState {
  readonly filter: Float64Array;
  /** The first sample, which is taken off all of them, so that an offset makes no step. */
  readonly level: number;
  /** The last finite sample, which stands for those that are not. */
  readonly last: number;
  readonly curve: CurveState;
}

export interface DetectedPart {
  /** Values that have become known, the next after those of the parts before. */
  readonly curve: Float32Array;
  readonly state: DetectorState;
}

/**
 * The next part of a record without gaps; the first without a state. With `ends` the values that would look beyond the end
 * are 0, so that there are as many as samples. Throws `bad-input` for a band the rate cannot have.
 */
export function detectPart(
  settings: DetectorSettings,
  sampleRateHz: number,
  samples: Samples,
  options: { readonly state?: DetectorState | undefined; readonly ends: boolean },
): DetectedPart {
  const sos = settings.band && designBandFilter(settings.band, sampleRateHz);
  const before = options.state;
  const level = before?.level ?? firstFinite(samples);
  const record = new Float64Array(samples.length);
  let last = before?.last ?? level;
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i] as number;
    if (value - value === 0) last = value;
    record[i] = last - level;
  }
  const filter = before ? before.filter.slice() : sos ? filterState(sos) : new Float64Array(0);
  if (sos) filterNext(sos, record, filter);
  const whole = settings.wholeRecord === true && wholeCurve(settings, sampleRateHz, record);
  const maker = curveMaker(settings, sampleRateHz);
  const curve = before ? copyOf(before.curve) : maker.start();
  const values = whole || maker.next(curve, record);
  const left = options.ends && !whole ? Math.min(maker.aheadSamples, curve.taken) : 0;
  const known = new Float32Array(values.length + left);
  known.set(values);
  return { curve: known, state: { filter, level, last, curve } };
}

/** ObsPy's functions, which look at all of a record for each value; undefined for kinds that are the same anyway. */
function wholeCurve(
  { kind, shortS, longS }: DetectorSettings,
  sampleRateHz: number,
  record: Float64Array,
): Float64Array | undefined {
  const { short, long } = windowsInSamples({ shortS, longS }, sampleRateHz);
  if (curveKind(kind) === 'delayed') return delayedStaLta(record, short, long);
  return curveKind(kind) === 'z-detect' ? zDetect(record, short) : undefined;
}

/**
 * Samples before a place after which what lay still earlier is no longer seen in the function (1e-4 of it): what a view has to
 * be begun with.
 */
export function memorySamples(settings: DetectorSettings, sampleRateHz: number): number {
  const { short, long } = windowsInSamples(settings, sampleRateHz);
  const sos = settings.band && designOrUndefined(settings, sampleRateHz);
  const settle = sos ? settleSamples(sos, 1e-4) : 0;
  const kind = curveKind(settings.kind);
  // Exponential means forget by a factor e in each long window.
  const windows = kind === 'recursive' || kind === 'z-detect' ? 10 * long : short + long;
  return settle + windows + short + 1;
}

function designOrUndefined(settings: DetectorSettings, sampleRateHz: number): Sos | undefined {
  try {
    return settings.band && designBandFilter(settings.band, sampleRateHz);
  } catch {
    // Said when the function is made.
    return undefined;
  }
}

function copyOf({ taken, sums, tail }: CurveState): CurveState {
  return { taken, sums: sums.slice(), tail };
}

function firstFinite(samples: Samples): number {
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i] as number;
    if (value - value === 0) return value;
  }
  return 0;
}
