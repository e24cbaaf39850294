// GPD's own continuous scan (interseismic/generalized-phase-detection `gpd_predict.py`; Ross et al. 2018): other
// filter, no chunks, triggers in place of peaks.

import { type EpochNs, formatIso } from '../../base/time.ts';
import type { ScanPhase } from '../../domain/event/archiveScan.ts';
import { type TraceSegment, sampleTime } from '../../domain/waveform/traceSegment.ts';
import { detrendLinear } from '../../signal/detrend.ts';
import { designButterworth } from '../../signal/filter/design.ts';
import { filterCausal } from '../../signal/filter/filterSamples.ts';
import { findTriggers, triggerPeak } from '../ensemble/trigger.ts';
import { SCAN_LABELS, SCAN_PHASES, SCAN_WINDOW_SAMPLES } from './scanOptions.ts';
import { commonSpan, type ScanSpan } from './scanTraces.ts';
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

/** A span with the rate its traces have; the network works at 100 Hz. */
export interface GpdSpan extends ScanSpan {
  readonly components: readonly Float64Array[];
  readonly sampleRateHz: number;
}

/**
 * Scans traces of one span and rate, in the order of the network's components (N, E, Z): linear detrend, band-pass, each
 * window divided by its largest absolute value.
 */
export async function scanGpd(
  traces: readonly TraceSegment[],
  options: GpdScanOptions,
  infer: InferWindows,
): Promise<{ scores: Float32Array; picks: GpdPick[] }> {
  if (traces.length === 0) return { scores: new Float32Array(0), picks: [] };
  const span = gpdSpan(traces, options);
  const { shiftSamples, batchSize } = options;
  const windowing = { shiftSamples, batchSize, normalisation: 'window' } as const;
  const scores = await scoreWindows(span.components, windowing, infer);
  return { scores, picks: gpdPicks(span, options, scores) };
}

/**
 * Traces of all components cut to their common span, then detrended and filtered. Traces of another rate than 100 Hz
 * go in unchanged, as in the program.
 */
export function gpdSpan(
  traces: readonly TraceSegment[],
  { bandpassHz }: Pick<GpdScanOptions, 'bandpassHz'>,
): GpdSpan {
  const { startNs, components, sampleRateHz } = commonSpan(
    traces.map((trace) => ({ ...trace, samples: Float64Array.from(trace.samples) })),
  );
  const filter = designButterworth('bandpass', bandpassHz, CORNERS, sampleRateHz);
  const filtered = components.map((samples) => {
    const own = Float64Array.from(samples);
    detrendLinear(own);
    filterCausal(filter, own);
    return own;
  });
  return { startNs, components: filtered, sampleRateHz };
}

/**
 * Picks from the scores of a span's windows, P before S: triggers of more than one window, each picked at the highest
 * window before its last.
 */
export function gpdPicks(
  { startNs, sampleRateHz }: Pick<GpdSpan, 'startNs' | 'sampleRateHz'>,
  { shiftSamples, thresholds }: Pick<GpdScanOptions, 'shiftSamples' | 'thresholds'>,
  scores: Float32Array,
): GpdPick[] {
  return SCAN_PHASES.flatMap((phase) => {
    const curve = scoresOf(scores, phase);
    const [on, off] = thresholds[phase];
    return findTriggers(curve, on, off)
      .filter((trigger) => trigger.off > trigger.on)
      .map((trigger): GpdPick => {
        const window = triggerPeak(curve, { on: trigger.on, off: trigger.off - 1 });
        const middle = window * shiftSamples + SCAN_WINDOW_SAMPLES / 2;
        const timeNs = sampleTime(startNs, middle, sampleRateHz);
        return { phase, ...trigger, window, value: curve[window] as number, timeNs };
      });
  });
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
