import { AppError } from '../../base/appError.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { designButterworth } from './design.ts';
import type { Sos } from './sections.ts';

/**
 * The sections of an analyst's filter at a sampling rate, or undefined when it passes everything.
 * A high corner at or above Nyquist has nothing to remove and is left out (band-pass becomes high-pass, as in ObsPy).
 * Throws `bad-input` when the low corner is at or above Nyquist, or not below the high one.
 */
export function designBandFilter(filter: BandFilter, sampleRateHz: number): Sos | undefined {
  const { lowHz, corners } = filter;
  const nyquistHz = sampleRateHz / 2;
  const highHz =
    filter.highHz !== undefined && filter.highHz < nyquistHz ? filter.highHz : undefined;
  if (lowHz !== undefined && filter.highHz !== undefined && lowHz >= filter.highHz) {
    throw new AppError(
      'bad-input',
      `The filter's low corner ${lowHz} Hz is not below its high corner ${filter.highHz} Hz; move one of them`,
    );
  }
  if (lowHz !== undefined && lowHz >= nyquistHz) {
    throw new AppError(
      'bad-input',
      `nothing is left above ${lowHz} Hz at ${Number(sampleRateHz.toPrecision(6))} sps; lower the corner or turn the filter off`,
    );
  }
  if (lowHz !== undefined && highHz !== undefined) {
    return designButterworth('bandpass', [lowHz, highHz], corners, sampleRateHz);
  }
  if (lowHz !== undefined) return designButterworth('highpass', [lowHz], corners, sampleRateHz);
  if (highHz !== undefined) return designButterworth('lowpass', [highHz], corners, sampleRateHz);
  return undefined;
}
