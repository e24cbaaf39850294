// Whole records made ready before windows are cut: mean and line removed, filtered, tapered; accelerations integrated.

import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import { demean, detrendLinear } from '../signal/detrend.ts';
import { designBandFilter } from '../signal/filter/bandFilter.ts';
import { filterCausal, filterZeroPhase } from '../signal/filter/filterSamples.ts';
import { settleSamples } from '../signal/filter/sections.ts';
import { taper } from '../signal/taper.ts';

export interface RecordPreparation extends Pick<RunSettings, 'detrendRecords' | 'filter'> {
  readonly demean?: boolean;
  /** Length of the cosine flanks in samples, and which ends have one. */
  readonly taper?: { readonly samples: number; readonly side: 'left' | 'right' | 'both' };
  /** After the mean and the line are off. */
  readonly integrate?: boolean;
}

/** The high-pass after an integration. */
export function velocityPreparation(lowHz: number): RecordPreparation {
  const filter = { lowHz, highHz: undefined, corners: 4, zeroPhase: false };
  return { demean: true, detrendRecords: false, integrate: true, filter };
}

/** What of a step at its start a filter may still show: less than float32 does of offsets up to 10⁷ counts. */
const SETTLED = 1e-9;

/** Whether records are changed at all. */
export function changesRecords({
  detrendRecords,
  filter,
  recordTreatment = {},
}: Pick<RunSettings, 'detrendRecords' | 'filter' | 'recordTreatment'>): boolean {
  const { demean: mean = false, taperS = 0 } = recordTreatment;
  return detrendRecords || filter !== undefined || mean || taperS > 0;
}

/** A contiguous record without its line, filtered from rest. Throws `bad-input` where the filter does not fit the rate. */
export function prepareRecord(
  samples: Samples,
  sampleRateHz: number,
  { detrendRecords, filter, ...more }: RecordPreparation,
): Float64Array {
  const prepared = Float64Array.from(samples);
  if (more.demean) demean(prepared);
  if (detrendRecords) detrendLinear(prepared);
  if (more.integrate) integrate(prepared, sampleRateHz);
  const sos = filter && designBandFilter(filter, sampleRateHz);
  if (sos !== undefined && filter?.zeroPhase === true) filterZeroPhase(sos, prepared);
  else if (sos !== undefined) filterCausal(sos, prepared);
  if (more.taper) taper(prepared, { kind: 'cosine', ...more.taper });
  return prepared;
}

/** By trapezoids, from 0, in place. */
function integrate(samples: Float64Array, sampleRateHz: number): void {
  let sum = 0;
  let before = samples[0] ?? 0;
  for (let i = 0; i < samples.length; i += 1) {
    const value = samples[i] as number;
    if (i > 0) sum += (before + value) / (2 * sampleRateHz);
    before = value;
    samples[i] = sum;
  }
}

/**
 * Seconds after which a record cut out of a longer one is as if it had not been cut, to one part in 10⁹ of the
 * step at the cut: what is read more before and after each block of a long record.
 */
export function settleTimeS(
  { filter, recordTreatment }: Pick<RunSettings, 'filter' | 'recordTreatment'>,
  sampleRateHz: number,
): number {
  const { integrateFromHz } = recordTreatment ?? {};
  const highPass =
    integrateFromHz === undefined ? undefined : velocityPreparation(integrateFromHz).filter;
  const settle = (each: BandFilter | undefined): number => {
    const sos = each && designBandFilter(each, sampleRateHz);
    return sos === undefined ? 0 : settleSamples(sos, SETTLED) / sampleRateHz;
  };
  return settle(filter) + settle(highPass);
}
