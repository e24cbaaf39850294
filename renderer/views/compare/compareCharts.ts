// The charts of a comparison, as data.

import type { ComparisonScore } from '../../../src/contract/messages/comparison.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';
import type { ChartSeries, ChartSpec } from '../../canvas/chart/chart.ts';
import { count, probability, signed } from '../words.ts';
import { binWidthS } from './residualBins.ts';

const tokenOf = (phase: string): string => (phaseFamily(phase) === 'S' ? '--phase-s' : '--phase-p');

/** Whole numbers from zero to at most `most`, three or four of them. */
export function countSplits(most: number): number[] {
  const rough = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

/** Residuals B − A of one phase in bins; the chosen one in ink. */
export function residualsChart(
  phase: string,
  counts: Uint32Array,
  { toleranceS, chosen }: { readonly toleranceS: number; readonly chosen: number | undefined },
): ChartSpec {
  const width = binWidthS(toleranceS);
  const most = Math.max(1, ...counts);
  const x = Array.from(counts, (_, i) => -toleranceS + (i + 0.5) * width);
  const all: ChartSeries = { name: phase, kind: 'bars', x, y: [...counts], token: tokenOf(phase) };
  // Empty ones too: bars are as wide as their places are apart.
  const ofChosen = { x, y: Array.from(counts, (n, i) => (i === chosen ? Math.max(n, 0.02 * most) : null)) }; // prettier-ignore
  return {
    title: `${phase} residuals`,
    x: { words: 'B − A, s', min: -toleranceS, max: toleranceS, splits: [-toleranceS / 2, 0, toleranceS / 2], format: (value) => signed(value, 2) }, // prettier-ignore
    y: { words: 'picks', min: 0, max: most, splits: countSplits(most), format: count },
    series: [
      all,
      { name: 'chosen', kind: 'bars', ...ofChosen, token: '--ink' },
      { name: 'zero', kind: 'line', x: [0, 0], y: [0, most], token: '--chart-axis', widthPx: 1 },
    ],
    barWidth: width,
  };
}

/** Three thresholds up to one, with as many digits as tell them apart: `.25 .50 .75`, `.9985 .9990 .9995`. */
function thresholdTicks(from: number): Pick<ChartSpec['x'], 'splits' | 'format'> {
  const step = Math.max(1e-6, (1 - from) / 4);
  const splits = [1, 2, 3].map((k) => from + k * step);
  const enough = Math.max(2, Math.ceil(-Math.log10(step)));
  const isRough = splits.some((at) => Math.abs(at - Number(at.toFixed(enough))) > step / 20);
  const digits = isRough ? enough + 1 : enough;
  return { splits, format: (value) => value.toFixed(digits).replace(/^0/, '') };
}

/** F1 of A against the threshold, a line a phase: P solid, S dashed. */
export function scoresChart(scores: readonly ComparisonScore[]): ChartSpec {
  let lowest = 1;
  for (const { curve } of scores) {
    for (const { threshold } of curve) lowest = Math.min(lowest, threshold);
  }
  // Some networks answer nearly one or nearly nothing: then only what is near one is shown.
  const from = lowest < 0.8 ? 0 : lowest;
  return {
    title: 'F1 of A',
    x: { words: 'threshold of A', min: from, max: 1, ...thresholdTicks(from) },
    y: { words: 'F1', min: 0, max: 1, splits: [0, 0.5, 1], format: probability },
    series: scores.map(({ phase, curve }): ChartSeries => {
      const points = [...curve].sort((a, b) => a.threshold - b.threshold);
      return {
        ...{ name: phase, kind: 'line', token: tokenOf(phase) },
        ...(phase === 'S' ? { dash: [4, 3] } : {}),
        x: points.map(({ threshold }) => threshold),
        y: points.map(({ f1 }) => f1),
      };
    }),
  };
}
