// GPD's own continuous scan (interseismic/generalized-phase-detection `gpd_predict.py`; Ross et al. 2018): other
// filter, no chunks, triggers in place of peaks.

import { type EpochNs, formatIso } from '../../base/time.ts';
import { type TraceSegment, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { detrendLinear } from '../../signal/detrend.ts';
import { designButterworth } from '../../signal/filter/design.ts';
import { filterCausal } from '../../signal/filter/filterSamples.ts';
import { findTriggers, triggerPeak } from '../ensemble/trigger.ts';
import { SCAN_LABELS, SCAN_PHASES, SCAN_WINDOW_SAMPLES, type ScanPhase } from './scanOptions.ts';
import { type InferWindows, scoreWindows } from './scanWindows.ts';

export interface GpdScanOptions {
  /** Butterworth, 4 corners, causal. */
  readonly bandpassHz: readonly [number, number];
  readonly shiftSamples: number;
  readonly batchSize: number;
  /** A trigger begins above the first and ends at the second. */
  readonly thresholds: Readonly<Record<ScanPhase, readonly [number, number]>>;
}

/** The program's own values. */
export const DEFAULT_GPD_SCAN: GpdScanOptions = {
  bandpassHz: [3, 20],
  shiftSamples: 10,
  batchSize: 3000,
  thresholds: { P: [0.95, 0.1], S: [0.95, 0.1] },
};

const CORNERS = 4;

export interface GpdPick {
  readonly phase: ScanPhase;
  /** Windows of the trigger, both included. */
  readonly on: number;
  readonly off: number;
  readonly window: number;
  readonly value: number;
  /** The middle of the window. */
  readonly timeNs: EpochNs;
}

/**
 * Scans traces of one span and rate, in the order of the network's components (N, E, Z): linear detrend, band-pass, each
 * window divided by its largest absolute value. A trigger of one window is no pick; the pick is the highest window
 * before the trigger's last. The network works at 100 Hz; traces of another rate go in unchanged, as in the program.
 */
export async function scanGpd(
  traces: readonly TraceSegment[],
  options: GpdScanOptions,
  infer: InferWindows,
): Promise<{ scores: Float32Array; picks: GpdPick[] }> {
  const [first] = traces;
  if (first === undefined) return { scores: new Float32Array(0), picks: [] };
  const length = traces.reduce((least, { samples }) => Math.min(least, samples.length), Infinity);
  const components = traces.map(({ samples, sampleRateHz }) => {
    const own = Float64Array.from(samples.subarray(0, length));
    detrendLinear(own);
    filterCausal(designButterworth('bandpass', options.bandpassHz, CORNERS, sampleRateHz), own);
    return own;
  });
  const { shiftSamples, batchSize } = options;
  const windowing = { shiftSamples, batchSize, normalisation: 'window' } as const;
  const scores = await scoreWindows(components, windowing, infer);
  const picks = SCAN_PHASES.flatMap((phase) => {
    const curve = scoresOf(scores, phase);
    const [on, off] = options.thresholds[phase];
    return findTriggers(curve, on, off)
      .filter((trigger) => trigger.off > trigger.on)
      .map((trigger): GpdPick => {
        const window = triggerPeak(curve, { on: trigger.on, off: trigger.off - 1 });
        const middle = window * shiftSamples + SCAN_WINDOW_SAMPLES / 2;
        const timeNs = sampleTime(first.startNs, middle, first.sampleRateHz);
        return { phase, ...trigger, window, value: curve[window] as number, timeNs };
      });
  });
  return { scores, picks };
}

function scoresOf(scores: Float32Array, phase: ScanPhase): Float32Array {
  const labels = SCAN_LABELS.length;
  const label = SCAN_LABELS.indexOf(phase);
  return Float32Array.from(
    { length: scores.length / labels },
    (_, w) => scores[w * labels + label] as number,
  );
}

/** `NET STA PHASE ISO-time`, as the program writes it: microseconds, none when they are 0, no zone. */
export function gpdLine(
  { network, station }: { readonly network: string; readonly station: string },
  { phase, timeNs }: Pick<GpdPick, 'phase' | 'timeNs'>,
): string {
  const time = formatIso(timeNs, 6, 'T', '').replace(/\.000000$/, '');
  return `${network} ${station} ${phase} ${time}`;
}
