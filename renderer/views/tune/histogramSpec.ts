import type { ChartSpec } from '../../canvas/chart/chart.ts';
import type { PeakHistogramFacts } from '../../canvas/overlays/peakHistogram.ts';
import { probability } from '../words.ts';

/** The histogram under a slider as a chart, to be saved. */
export function histogramSpec(label: string, facts: PeakHistogramFacts): ChartSpec {
  const { counts, matched, accepted, rejected, threshold, family } = facts;
  const bins = counts.length;
  const x = Array.from(counts, (_, i) => (i + 0.5) / bins);
  const most = Math.max(1, ...counts);
  const of = (wanted: (x: number) => boolean): (number | null)[] =>
    Array.from(counts, (n, i) => (wanted(x[i] ?? 0) ? n : null));
  const some = (all: Float64Array) => Array.from(all, (n) => (n > 0 ? n : null));
  const token = family === 'S' ? '--phase-s' : '--phase-p';
  return {
    title: `${label} peak heights`,
    x: { words: 'probability', min: 0, max: 1, splits: [0, 0.25, 0.5, 0.75, 1], format: probability }, // prettier-ignore
    y: { words: 'peaks', min: 0, max: most, splits: [0, most], format: String },
    series: [
      { name: 'below', kind: 'bars', x, y: of((at) => at < threshold), token: '--chart-bar' },
      { name: 'picks', kind: 'bars', x, y: of((at) => at >= threshold), token },
      { name: 'accepted', kind: 'points', x, y: some(accepted), token: '--ink', radiusPx: 3 },
      { name: 'rejected', kind: 'points', x, y: some(rejected), token: '--state-rejected', radiusPx: 3, open: true }, // prettier-ignore
      { name: 'in the reference', kind: 'points', x, y: some(matched), token: '--text-1', radiusPx: 2 }, // prettier-ignore
    ],
    barWidth: 1 / bins,
  };
}
