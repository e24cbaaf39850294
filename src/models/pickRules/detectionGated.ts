// EQTransformer's own picker (smousavi05/EQTransformer, `core/EqT_utils.py` `picker`; Mousavi et al. 2020).

import { AppError } from '../../base/appError.ts';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { DETECTION_LABEL } from '../spec.ts';
import { type Found, foundPeaks } from './found.ts';
import { findPeaks, keepHighest } from './peaks.ts';
import { findRuns, type Run } from './runs.ts';
import { pieceFrom, pieceValues, type SparseCurve, type SparseCurves } from './sparseCurve.ts';

export type GatedRule = Extract<PickRule, { kind: 'detection-gated' }>;

/** At the 100 Hz of the program: 10 samples, 1 s, 0.1 s, 2 s. */
const SHORTEST_DETECTION_S = 0.1;
const P_BEFORE_DETECTION_S = 1;
const LEAST_S_MINUS_P_S = 0.1;
const SAME_EVENT_S = 2;

/**
 * Detections that hold a P or an S, and these: S the first peak strictly inside the detection, P the highest from 1 s
 * before it to 0.1 s before S, or to its end. An event that begins within 2 s of one already found is left out.
 * Throws `bad-input` without a detection curve and its threshold.
 */
export function gatedPicks(
  rule: GatedRule,
  thresholds: Readonly<Record<string, number>>,
  curves: SparseCurves,
  sampleRateHz: number,
): Found[] {
  const found: Found[] = [];
  for (const { detection, picks } of gatedEvents(rule, thresholds, curves, sampleRateHz)) {
    found.push(detection);
    for (const pick of picks) if (!found.includes(pick)) found.push(pick);
  }
  return found;
}

interface GatedEvent {
  readonly detection: Found;
  /** One P at most, and one S. */
  readonly picks: readonly Found[];
}

function gatedEvents(
  rule: GatedRule,
  thresholds: Readonly<Record<string, number>>,
  curves: SparseCurves,
  sampleRateHz: number,
): GatedEvent[] {
  const detection = curves[DETECTION_LABEL];
  const on = thresholds[DETECTION_LABEL];
  if (detection === undefined || on === undefined) {
    throw new AppError(
      'bad-input',
      `picks inside detections need a network with the label ${DETECTION_LABEL} and a threshold for it; choose another pick rule`,
    );
  }
  const off = 'ratio' in rule.off ? Math.min(1, rule.off.ratio) * on : Math.min(rule.off.level, on);
  const phases = {
    P: peaksOf(rule, 'P', thresholds, curves),
    S: peaksOf(rule, 'S', thresholds, curves),
  };
  const samples = (seconds: number): number => Math.round(seconds * sampleRateHz);
  const events: GatedEvent[] = [];
  let writtenFrom = -Infinity;
  for (const run of findRuns(detection, on, off, 'exceeded')) {
    if (run.last - run.first < samples(SHORTEST_DETECTION_S)) continue;
    if (run.first - writtenFrom < samples(SAME_EVENT_S)) continue;
    const s = phases.S[firstAfter(phases.S, run.first)];
    const sInside = s !== undefined && s.sample < run.last ? s : undefined;
    const pTo = sInside ? sInside.sample - samples(LEAST_S_MINUS_P_S) : run.last;
    const p = highestBetween(phases.P, run.first - samples(P_BEFORE_DETECTION_S), pTo);
    if (p === undefined && sInside === undefined) continue;
    writtenFrom = run.first;
    const picks = [p, sInside].filter((pick) => pick !== undefined);
    const arrivals = Object.fromEntries(picks.map(({ label, sample }) => [label, sample]));
    events.push({ detection: { ...detectionSpan(detection, run), arrivals }, picks });
  }
  return events;
}

function peaksOf(
  { minimumDistanceSamples }: GatedRule,
  label: string,
  thresholds: Readonly<Record<string, number>>,
  curves: SparseCurves,
): Found[] {
  const curve = curves[label];
  const threshold = thresholds[label];
  if (curve === undefined || threshold === undefined) return [];
  const all = findPeaks(curve, threshold, 'rising');
  const distance = {
    distance: minimumDistanceSamples,
    inclusive: true,
    ofEquals: 'later',
  } as const;
  const peaks = minimumDistanceSamples > 1 ? keepHighest(all, distance) : all;
  return foundPeaks(label, peaks, curve, threshold);
}

/** The first of the picks after a sample; binary search. */
function firstAfter(picks: readonly Found[], sample: number): number {
  let low = 0;
  let high = picks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((picks[middle] as Found).sample <= sample) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Strictly between; the first of equals at the three decimals the program has. */
function highestBetween(picks: readonly Found[], from: number, to: number): Found | undefined {
  let best: Found | undefined;
  for (let k = firstAfter(picks, from); k < picks.length; k += 1) {
    const pick = picks[k] as Found;
    if (pick.sample >= to) break;
    if (best === undefined || decimals(pick) > decimals(best)) best = pick;
  }
  return best;
}

function decimals({ probability }: Found): number {
  return Math.round(1000 * probability);
}

/** Its probability is the mean of the run without its last sample. */
function detectionSpan(curve: SparseCurve, run: Run & { readonly piece: number }): Found {
  const values = pieceValues(curve, run.piece);
  const from = pieceFrom(curve, run.piece);
  let sum = 0;
  for (let i = run.first; i < run.last; i += 1) sum += values[i - from] as number;
  return {
    label: DETECTION_LABEL,
    piece: run.piece,
    sample: run.peak,
    startSample: run.first,
    endSample: run.last,
    probability: sum / (run.last - run.first),
  };
}
