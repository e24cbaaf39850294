// What a trigger of a probability curve says about the time of the arrival: moments, quantiles and a fitted normal curve.
// Source: PNSN ml_prediction, core/feature_extraction.py (`process_est_prediction_stats`, `process_predictions`).

import { type Curve } from '../ensemble/members.ts';
import { type Trigger, findTriggers, triggerPeak } from '../ensemble/trigger.ts';
import { DEFAULT_FIT, type FitOptions, type NoFit, type NormalFit, fitPeak } from './fitPeak.ts';

/** Moments of the times of a span, its probabilities their weights. Seconds from the first sample of the curve. */
export interface PeakStatistics {
  readonly meanS: number;
  readonly standardDeviationS: number;
  readonly skewness: number;
  /** Not reduced by 3: a normal curve has 3. */
  readonly kurtosis: number;
  readonly quantiles: readonly PeakQuantile[];
}

/** The sample time at which the cumulated probability comes nearest to a part of the whole, the first of equals. */
export interface PeakQuantile {
  readonly part: number;
  readonly timeS: number;
}

export interface PickDistribution extends Trigger {
  readonly peakSample: number;
  readonly peakValue: number;
  /** Undefined where the widened trigger has too few samples. */
  readonly statistics: PeakStatistics | undefined;
  readonly fit: NormalFit | NoFit;
  /** From the fitted sigma; undefined without a fit. */
  readonly grade: QualityGrade | undefined;
}

export interface DistributionOptions {
  /** Triggers begin and end here. */
  readonly threshold: number;
  /** The trigger is widened by this at both ends for the statistics. */
  readonly statisticsPadS: number;
  readonly statisticsMinimumSamples: number;
  readonly quantiles: readonly number[];
  /** The trigger is widened by this at both ends for the fit. */
  readonly fitPadS: number;
  readonly fit: FitOptions;
}

export const DEFAULT_DISTRIBUTION: DistributionOptions = {
  threshold: 0.1,
  statisticsPadS: 0.05,
  statisticsMinimumSamples: 15,
  quantiles: [0.16, 0.5, 0.84],
  fitPadS: 0.1,
  fit: DEFAULT_FIT,
};

/** The distributions of all triggers of a curve, in order of time. */
export function pickDistributions(
  curve: Curve,
  sampleRateHz: number,
  options: DistributionOptions = DEFAULT_DISTRIBUTION,
): PickDistribution[] {
  return findTriggers(curve, options.threshold, options.threshold).map((trigger) =>
    pickDistribution(curve, sampleRateHz, trigger, options),
  );
}

/** The distribution of one trigger. Samples without a value (NaN) have no say. */
export function pickDistribution(
  curve: Curve,
  sampleRateHz: number,
  trigger: Trigger,
  options: DistributionOptions = DEFAULT_DISTRIBUTION,
): PickDistribution {
  const peakSample = triggerPeak(curve, trigger);
  const widened = (padS: number): Span => {
    const pad = Math.round(padS * sampleRateHz);
    const to = Math.min(curve.length, trigger.off + pad + 1);
    return { from: Math.max(0, trigger.on - pad), to, sampleRateHz };
  };
  const span = widened(options.statisticsPadS);
  const fit = fitPeak(curve, widened(options.fitPadS), options.fit);
  return {
    ...trigger,
    peakSample,
    peakValue: curve[peakSample] as number,
    statistics:
      span.to - span.from < options.statisticsMinimumSamples
        ? undefined
        : peakStatistics(curve, span, options.quantiles),
    fit,
    grade: fit.kind === 'normal' ? qualityGrade(fit.sigmaS) : undefined,
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly sampleRateHz: number;
}

/** Weighted moments and quantiles of the samples `[from, to)`; std with divisor (N′ − 1) / N′ · Σ y, N′ the samples above 0. */
function peakStatistics(
  curve: Curve,
  { from, to, sampleRateHz }: Span,
  parts: readonly number[],
): PeakStatistics {
  // Times from the span's first sample, so that those of a long record keep their digits.
  let weight = 0;
  let first = 0;
  let positive = 0;
  for (let i = from; i < to; i += 1) {
    const value = weightAt(curve, i);
    weight += value;
    first += (value * (i - from)) / sampleRateHz;
    if (value > 0) positive += 1;
  }
  const mean = first / weight;
  let [second, third, fourth] = [0, 0, 0];
  for (let i = from; i < to; i += 1) {
    const value = weightAt(curve, i);
    const apart = (i - from) / sampleRateHz - mean;
    second += value * apart ** 2;
    third += value * apart ** 3;
    fourth += value * apart ** 4;
  }
  const deviation = Math.sqrt((second * positive) / ((positive - 1) * weight));
  return {
    meanS: from / sampleRateHz + mean,
    standardDeviationS: deviation,
    skewness: third / weight / deviation ** 3,
    kurtosis: fourth / weight / deviation ** 4,
    quantiles: parts.map((part) => ({
      part,
      timeS: quantileSample(curve, from, to, part * weight) / sampleRateHz,
    })),
  };
}

function weightAt(curve: Curve, i: number): number {
  const value = curve[i] as number;
  return value === value ? value : 0;
}

function quantileSample(curve: Curve, from: number, to: number, wanted: number): number {
  let sum = 0;
  let nearest = from;
  let distance = Infinity;
  for (let i = from; i < to; i += 1) {
    sum += weightAt(curve, i);
    if (Math.abs(sum - wanted) < distance) {
      distance = Math.abs(sum - wanted);
      nearest = i;
    }
  }
  return nearest;
}

/** Pick quality as the PNSN and NCSN give it: 0 the best, 4 the least certain. */
export type QualityGrade = 0 | 1 | 2 | 3 | 4;

/** The grade of a pick with a standard deviation: up to 0.02, 0.03, 0.04, 0.05 s, and more. */
export function qualityGrade(standardDeviationS: number): QualityGrade {
  if (standardDeviationS <= 0.02) return 0;
  if (standardDeviationS <= 0.03) return 1;
  if (standardDeviationS <= 0.04) return 2;
  return standardDeviationS <= 0.05 ? 3 : 4;
}
