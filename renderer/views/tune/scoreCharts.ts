// The charts of a score, as data.

import type { EvaluationReport } from '../../../src/domain/evaluation/evaluationReport.ts';
import type { Score } from '../../../src/domain/evaluation/score.ts';
import type { ThresholdPoint } from '../../../src/domain/evaluation/thresholdCurve.ts';
import { SCORED_PHASES, type ScoredPhase, type Tolerance } from '../../../src/domain/evaluation/tolerance.ts'; // prettier-ignore
import type { ChartAxis, ChartMark, ChartSeries, ChartSpec } from '../../canvas/chart/chart.ts';
import { pointAt } from '../../state/tuningScore.svelte.ts';
import { probability, signed } from '../words.ts';

const TOKEN: Readonly<Record<ScoredPhase, string>> = { P: '--phase-p', S: '--phase-s' };
const share = (words: string): ChartAxis => {
  return { words, min: 0, max: 1, splits: [0, 0.5, 1], format: probability };
};

export interface Thresholds {
  readonly now: Readonly<Record<string, number>>;
  readonly before: Readonly<Record<string, number>>;
}

/** Where a point of the curve lies on a chart. */
type Place = (point: ThresholdPoint) => readonly [x: number | null, y: number | null];
const ofPrecisionRecall: Place = ({ recall, precision }) => [recall, precision];
const ofRoc: Place = ({ falsePerHour, recall }) => [falsePerHour, recall];

/** A line a phase, P before S. */
function curves(report: EvaluationReport, place: Place): ChartSeries[] {
  return SCORED_PHASES.map((phase): ChartSeries => {
    const placed = report.byPhase[phase].curve.points.map(place);
    return {
      ...{ name: phase, kind: 'line', token: TOKEN[phase] },
      x: placed.map(([x]) => x ?? 0),
      y: placed.map(([x, y]) => (x === null ? null : y)),
    };
  });
}

/** An open point at the old threshold of each phase and a full one at the new: they move, the curves stand. */
export function thresholdMarks(
  report: EvaluationReport,
  thresholds: Thresholds,
  chart: 'PR' | 'ROC',
): ChartMark[] {
  const place = chart === 'PR' ? ofPrecisionRecall : ofRoc;
  return SCORED_PHASES.flatMap((phase) =>
    (['before', 'now'] as const).flatMap((when): ChartMark[] => {
      const point = pointAt(report.byPhase[phase].curve, thresholds[when][phase] ?? Infinity);
      const [x, y] = point ? place(point) : [null, null];
      if (x === null || y === null) return [];
      const look = when === 'now' ? { radiusPx: 4.5, open: false } : { radiusPx: 3.5, open: true };
      return [{ name: `${phase} ${when}`, x, y, token: TOKEN[phase], ...look }];
    }),
  );
}

export function precisionRecallChart(report: EvaluationReport): ChartSpec {
  const axes = { title: 'Precision and recall', x: share('recall'), y: share('precision') };
  return { ...axes, series: curves(report, ofPrecisionRecall) };
}

/** Against false picks an hour of record, which is what a person has to bear. */
export function rocChart(report: EvaluationReport): ChartSpec {
  let most = 1;
  for (const phase of SCORED_PHASES) {
    for (const { falsePerHour } of report.byPhase[phase].curve.points) {
      most = Math.max(most, falsePerHour ?? 0);
    }
  }
  const max = 10 ** Math.ceil(Math.log10(most));
  const top = most <= max / 5 ? max / 5 : most <= max / 2 ? max / 2 : max;
  const x = { words: 'false picks per hour of record', min: 0, max: top, splits: [0, top / 2, top], format: String }; // prettier-ignore
  return { title: 'ROC', x, y: share('recall'), series: curves(report, ofRoc) };
}

export const RESIDUAL_BINS = 30;

/** Edges of bin k of a phase, in seconds. */
export function residualRange(k: number, toleranceS: number): readonly [number, number] {
  const width = (2 * toleranceS) / RESIDUAL_BINS;
  return [-toleranceS + k * width, -toleranceS + (k + 1) * width];
}

export function residualChart(
  report: EvaluationReport,
  phase: ScoredPhase,
  tolerance: Tolerance,
): ChartSpec {
  const reach = Math.max(0.01, tolerance[phase]);
  const counts = new Array<number>(RESIDUAL_BINS).fill(0);
  for (const { phase: own, kind, residualS } of report.onsets) {
    if (own !== phase || kind !== 'matched' || residualS === undefined) continue;
    const bin = Math.min(RESIDUAL_BINS - 1, Math.max(0, Math.floor(((residualS + reach) / (2 * reach)) * RESIDUAL_BINS))); // prettier-ignore
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  return {
    title: `${phase} residuals`,
    x: { words: 'pick − reference, s', min: -reach, max: reach, splits: [-reach, -reach / 2, 0, reach / 2, reach], format: (v) => signed(v, 2) }, // prettier-ignore
    y: { words: 'picks', min: 0, max: most, splits: [0, most], format: String },
    series: [{ name: phase, kind: 'bars', token: TOKEN[phase], x: counts.map((_, k) => (residualRange(k, reach)[0] + residualRange(k, reach)[1]) / 2), y: counts }], // prettier-ignore
    barWidth: (2 * reach) / RESIDUAL_BINS,
  };
}

/** Recall and precision part by part, in order. */
export function partsChart(
  parts: readonly { readonly name: string; readonly score: Score }[],
  words: string,
): ChartSpec {
  const x = parts.map((_, i) => i);
  const lines = (['recall', 'precision'] as const).map((measure): ChartSeries => {
    const token = measure === 'recall' ? '--diff-gained' : '--diff-moved';
    return { name: measure, kind: 'line', x, y: parts.map(({ score }) => score[measure]), token };
  });
  const points = lines.map((line): ChartSeries => ({ ...line, kind: 'points', radiusPx: 3.5 }));
  return {
    title: `Recall and precision by ${words}`,
    x: { words, min: -0.4, max: Math.max(1, parts.length) - 0.6, splits: x, format: (i) => parts[i]?.name ?? '' }, // prettier-ignore
    y: { ...share('share'), words: 'recall, precision' },
    series: [...lines, ...points],
  };
}

/** The share of right picks by probability: as the model says it, and as calibrated. */
export function calibrationChart(
  report: EvaluationReport,
  phases: readonly ScoredPhase[],
): ChartSpec {
  const line = (phase: ScoredPhase, after: boolean): ChartSeries => {
    const { calibrated, reliability } = report.byPhase[phase];
    const bins = (after ? calibrated : reliability)?.bins.filter(({ count }) => count > 0) ?? [];
    return {
      ...{ name: `${phase} ${after ? 'calibrated' : 'as it comes'}`, kind: 'line' },
      ...{ token: TOKEN[phase], ...(!after && { dash: [2, 3], widthPx: 1 }) },
      x: bins.map(({ meanProbability }) => meanProbability ?? 0),
      y: bins.map((bin) => bin.share),
    };
  };
  const before = phases.map((phase) => line(phase, false));
  const after = phases
    .filter((phase) => report.byPhase[phase].calibrated)
    .map((phase) => line(phase, true));
  const open = before.map((one): ChartSeries => ({ ...one, kind: 'points', radiusPx: 3, open: true })); // prettier-ignore
  const full = after.map((one): ChartSeries => ({ ...one, kind: 'points', radiusPx: 3 }));
  const even: ChartSeries = { name: 'even', kind: 'line', x: [0, 1], y: [0, 1], token: '--text-3', dash: [3, 3], widthPx: 1 }; // prettier-ignore
  return {
    title: 'Calibration',
    x: { ...share('probability'), splits: [0, 0.25, 0.5, 0.75, 1] },
    y: share('share that is right'),
    series: [...before, ...after, ...open, ...full, even],
  };
}

/** Is .7 right 70 % of the time: the share of right picks by probability. */
export function reliabilityChart(report: EvaluationReport): ChartSpec {
  const lines = SCORED_PHASES.map((phase): ChartSeries => {
    const bins = report.byPhase[phase].reliability.bins.filter(({ count }) => count > 0);
    return {
      ...{ name: phase, kind: 'line', token: TOKEN[phase] },
      x: bins.map(({ meanProbability }) => meanProbability ?? 0),
      y: bins.map((bin) => bin.share),
    };
  });
  const points = lines.map((line): ChartSeries => ({ ...line, kind: 'points', radiusPx: 3 }));
  const even: ChartSeries = { name: 'even', kind: 'line', x: [0, 1], y: [0, 1], token: '--text-3', dash: [3, 3], widthPx: 1 }; // prettier-ignore
  return {
    title: 'Reliability',
    x: { ...share('probability'), splits: [0, 0.25, 0.5, 0.75, 1] },
    y: share('share that is right'),
    series: [...lines, ...points, even],
  };
}
