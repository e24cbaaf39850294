// Whole records made ready before windows are cut: line removed, filtered.

import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Samples } from '../domain/waveform/traceSegment.ts';
import { detrendLinear } from '../signal/detrend.ts';
import { designBandFilter } from '../signal/filter/bandFilter.ts';
import { filterCausal, filterZeroPhase } from '../signal/filter/filterSamples.ts';
import { settleSamples } from '../signal/filter/sections.ts';

export type RecordPreparation = Pick<RunSettings, 'detrendRecords' | 'filter'>;

/** What of a step at its start a filter may still show: less than float32 does of offsets up to 10⁷ counts. */
const SETTLED = 1e-9;

/** Whether records are changed at all. */
export function changesRecords({ detrendRecords, filter }: RecordPreparation): boolean {
  return detrendRecords || filter !== undefined;
}

/** A contiguous record without its line, filtered from rest. Throws `bad-input` where the filter does not fit the rate. */
export function prepareRecord(
  samples: Samples,
  sampleRateHz: number,
  { detrendRecords, filter }: RecordPreparation,
): Float64Array {
  const prepared = Float64Array.from(samples);
  if (detrendRecords) detrendLinear(prepared);
  const sos = filter && designBandFilter(filter, sampleRateHz);
  if (sos !== undefined && filter?.zeroPhase === true) filterZeroPhase(sos, prepared);
  else if (sos !== undefined) filterCausal(sos, prepared);
  return prepared;
}

/**
 * Seconds after which a record cut out of a longer one is as if it had not been cut, to one part in 10⁹ of the
 * step at the cut: what is read more before and after each block of a long record.
 */
export function settleTimeS({ filter }: RecordPreparation, sampleRateHz: number): number {
  const sos = filter && designBandFilter(filter, sampleRateHz);
  return sos === undefined ? 0 : settleSamples(sos, SETTLED) / sampleRateHz;
}
