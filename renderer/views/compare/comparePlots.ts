import uPlot from 'uplot';
import type { ComparisonScore } from '../../../src/contract/messages/comparison.ts';
import { count, probability, signed } from '../words.ts';
import { binWidthS, RESIDUAL_BINS } from './residualBins.ts';

/** A token's colour by its name. */
export type Colour = (token: string) => string;

export interface PlotSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

const FONT = '10px system-ui';

/** `words` name what the axis measures, with its unit. */
function axis(colour: Colour, words: string): uPlot.Axis {
  return {
    size: 18,
    font: FONT,
    label: words,
    labelFont: FONT,
    labelSize: 13,
    labelGap: 0,
    stroke: colour('--chart-label'),
    grid: { show: false },
    ticks: { size: 3, stroke: colour('--chart-axis'), width: 1 },
    gap: 2,
  };
}

function upright(colour: Colour, words: string): uPlot.Axis {
  const grid = { show: true, stroke: colour('--chart-grid'), width: 1 };
  return { ...axis(colour, words), size: 30, grid };
}

/** Whole numbers from zero to at most `most`, three or four of them. */
export function countSplits(most: number): number[] {
  const rough = Math.max(1, most / 3);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}

function bars(fill: string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.85], align: 0 });
  return { fill, stroke: fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

/** Residuals B − A of one phase; the chosen bin in ink. */
export function plotResiduals(
  host: HTMLElement,
  counts: Uint32Array,
  look: PlotSize & {
    readonly toleranceS: number;
    readonly chosen: number | undefined;
    readonly barColour: string;
    readonly colour: Colour;
  },
): uPlot {
  const { toleranceS, chosen, colour, widthPx, heightPx } = look;
  const width = binWidthS(toleranceS);
  const x = Array.from(counts, (_, i) => -toleranceS + (i + 0.5) * width);
  const usual = Array.from(counts, (n, i) => (n > 0 && i !== chosen ? n : null));
  const picked = Array.from(counts, (n, i) => (i === chosen ? Math.max(n, 0.02) : null));
  const options: uPlot.Options = {
    width: widthPx,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 10, 0, 0],
    scales: {
      x: { time: false, range: [-toleranceS, toleranceS] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max)] },
    },
    axes: [
      {
        ...axis(colour, 'B − A, s'),
        splits: [-toleranceS / 2, 0, toleranceS / 2],
        values: (_plot, splits) => splits.map((value) => signed(value, 2)),
      },
      {
        ...upright(colour, 'picks'),
        splits: countSplits(Math.max(1, ...counts)),
        values: (_plot, splits) => splits.map((value) => count(value)),
      },
    ],
    series: [{}, bars(look.barColour), bars(colour('--ink'))],
    hooks: {
      draw: [
        (plot) => {
          const at = Math.round(plot.valToPos(0, 'x', true));
          plot.ctx.fillStyle = colour('--chart-axis');
          plot.ctx.fillRect(at, plot.bbox.top, 1, plot.bbox.height);
        },
      ],
    },
  };
  return new uPlot(options, [x, usual, picked], host);
}

/** The bin under a place of the plot, as `plotResiduals` draws it; undefined beside it. */
export function binUnder(plot: uPlot, clientX: number): number | undefined {
  const box = plot.over.getBoundingClientRect();
  const share = (clientX - box.left) / box.width;
  if (share < 0 || share >= 1) return undefined;
  return Math.floor(share * RESIDUAL_BINS);
}

/** `.75`, `.9995`: as many digits as tell thresholds near one apart. */
function nearOne(value: number): string {
  const digits = value < 0.99 ? 2 : Math.min(6, Math.ceil(-Math.log10(Math.max(1e-6, 1 - value))));
  return value.toFixed(digits).replace(/^0/, '');
}

/** F1 of A against the threshold, a line a phase: P solid, S dashed. */
export function plotScores(
  host: HTMLElement,
  scores: readonly ComparisonScore[],
  look: PlotSize & { readonly colour: Colour },
): uPlot {
  const { colour, widthPx, heightPx } = look;
  const x = [...new Set(scores.flatMap(({ curve }) => curve.map((point) => point.threshold)))];
  x.sort((a, b) => a - b);
  // Some networks answer nearly one or nearly nothing: then only what is near one is shown.
  const lowest = x[0] ?? 0;
  const from = lowest < 0.8 ? 0 : lowest;
  const lines = scores.map(({ curve }) => {
    const known = new Map(curve.map(({ threshold, f1 }) => [threshold, f1]));
    return x.map((threshold) => known.get(threshold) ?? null);
  });
  const series = scores.map(({ phase }): uPlot.Series => {
    const stroke = colour(phase === 'S' ? '--phase-s' : '--phase-p');
    const dash = phase === 'S' ? { dash: [4, 3] } : {};
    return { stroke, width: 1.5, points: { show: false }, ...dash };
  });
  const options: uPlot.Options = {
    width: widthPx,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 10, 0, 0],
    scales: { x: { time: false, range: [from, 1] }, y: { range: [0, 1] } },
    axes: [
      {
        ...axis(colour, 'threshold of A'),
        splits: [0.25, 0.5, 0.75].map((share) => from + share * (1 - from)),
        values: (_plot, splits) => splits.map(nearOne),
      },
      {
        ...upright(colour, 'F1'),
        splits: [0, 0.5, 1],
        values: (_plot, splits) => splits.map(probability),
      },
    ],
    series: [{}, ...series],
  };
  return new uPlot(options, [x, ...lines], host);
}
