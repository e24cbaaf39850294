// One window of a sensor out of its packets: read with a margin, gaps bridged, filtered and resampled as a whole,
// so that the window is the same whatever pieces the data came in.

import { filterCausal, filterZeroPhase } from '../../signal/filter/filterSamples.ts';
import { designBandFilter } from '../../signal/filter/bandFilter.ts';
import { detrendLinear } from '../../signal/detrend.ts';
import { resampleTo } from '../../signal/resample/resample.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { PacketBuffer } from './packetBuffer.ts';

/** Data before a window that filters and resampling settle on, and after it for resampling. */
export const MARGIN_S = { before: 10, after: 1 } as const;

/** Seconds needed after a window: a filter that runs both ways settles there too. */
export function marginAfterS({ filter }: RunSettings): number {
  return filter?.zeroPhase === true ? MARGIN_S.before : MARGIN_S.after;
}

export interface WindowRow {
  /** Gaps are 0 after the mean of what is there is removed. */
  readonly samples: Float64Array;
  /** Share of the samples that are there. */
  readonly share: number;
}

/** Whether windows need data beyond their own. */
export function needsMargin(settings: RunSettings, rateHz: number, modelRateHz: number): boolean {
  return rateHz !== modelRateHz || settings.filter !== undefined || settings.detrendRecords;
}

/**
 * The window of `length` samples at `modelRateHz` that begins at sample `first` of the model's grid, from packets
 * at `rateHz`. Undefined when nothing of it is there.
 */
export function readWindow(
  buffer: PacketBuffer,
  rateHz: number,
  modelRateHz: number,
  first: number,
  length: number,
  settings: RunSettings,
): WindowRow | undefined {
  const ratio = rateHz / modelRateHz;
  const margin = needsMargin(settings, rateHz, modelRateHz);
  // Whole seconds, so that the window begins on a sample at either rate.
  const before = margin ? MARGIN_S.before * modelRateHz : 0;
  const after = margin ? marginAfterS(settings) * modelRateHz : 0;
  const from = Math.round((first - before) * ratio);
  const own = new Float64Array(Math.ceil((length + before + after) * ratio) + 1);
  buffer.read(from, own);
  const inside = own.subarray(Math.round(before * ratio), Math.round((before + length) * ratio));
  const present = inside.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  if (present === 0) return undefined;
  const missing = Uint8Array.from(inside, (value) => (Number.isNaN(value) ? 1 : 0));
  bridgeGaps(own);
  const whole = margin ? conditioned(own, rateHz, modelRateHz, settings) : own;
  const samples = whole.slice(before, before + length);
  silence(samples, missing);
  return { samples, share: present / inside.length };
}

function conditioned(
  samples: Float64Array,
  rateHz: number,
  modelRateHz: number,
  settings: RunSettings,
): Float64Array {
  if (settings.detrendRecords) detrendLinear(samples);
  const sos = settings.filter && designBandFilter(settings.filter, rateHz);
  if (sos) {
    if (settings.filter?.zeroPhase) filterZeroPhase(sos, samples);
    else filterCausal(sos, samples);
  }
  return rateHz === modelRateHz ? samples : resampleTo(samples, rateHz, modelRateHz);
}

/** Straight lines over what is missing; the nearest value at the ends. */
function bridgeGaps(samples: Float64Array): void {
  let last = -1;
  for (let i = 0; i <= samples.length; i += 1) {
    if (i < samples.length && Number.isNaN(samples[i])) continue;
    if (i - last > 1) bridge(samples, last, i);
    last = i;
  }
}

/** Fills the samples between `before` and `after`, which may lie outside. */
function bridge(samples: Float64Array, before: number, after: number): void {
  const right = samples[after] ?? samples[before] ?? 0;
  const left = samples[before] ?? right;
  for (let i = before + 1; i < after; i += 1) {
    samples[i] = left + ((right - left) * (i - before)) / (after - before);
  }
}

/** Missing samples become the mean of the others, which the network sees as zero. */
function silence(samples: Float64Array, missing: Uint8Array): void {
  const scale = missing.length / samples.length;
  const isMissing = (i: number): boolean =>
    missing[Math.min(missing.length - 1, Math.floor(i * scale))] === 1;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < samples.length; i += 1) {
    if (isMissing(i)) continue;
    sum += samples[i] as number;
    count += 1;
  }
  const mean = count === 0 ? 0 : sum / count;
  for (let i = 0; i < samples.length; i += 1) {
    samples[i] = isMissing(i) ? 0 : (samples[i] as number) - mean;
  }
}
