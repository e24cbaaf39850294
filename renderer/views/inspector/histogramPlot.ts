import uPlot from 'uplot';
import { probability } from '../words.ts';
import { BINS } from './histogram.ts';

export interface HistogramLook {
  readonly widthPx: number;
  readonly heightPx: number;
  /** Drawn as a line; bars from here on are in the phase's colour. */
  readonly threshold: number | undefined;
  readonly keptColour: string;
  /** A token's colour by its name. */
  readonly colour: (token: string) => string;
}

/** Bars of log counts: grey below the threshold, in the phase's colour from it on. */
export function plotHistogram(host: HTMLElement, bins: Uint32Array, look: HistogramLook): uPlot {
  const cut = look.threshold ?? 0;
  const x = Array.from(bins, (_, i) => (i + 0.5) / BINS);
  const logs = Array.from(bins, (n) => (n > 0 ? Math.log10(1 + n) : null));
  const kept = logs.map((value, i) => ((x[i] ?? 0) >= cut ? value : null));
  const below = logs.map((value, i) => ((x[i] ?? 0) < cut ? value : null));
  return new uPlot(options(look), [x, below, kept], host);
}

function bars(fill: string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.8], align: 0 });
  return { fill, stroke: fill, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

function options(look: HistogramLook): uPlot.Options {
  const { colour, keptColour, widthPx, heightPx } = look;
  return {
    width: widthPx,
    height: heightPx,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
    padding: [4, 0, 0, 0],
    scales: {
      x: { time: false, range: [0, 1] },
      y: { range: (_plot, _min, max) => [0, Math.max(1, max)] },
    },
    axes: [
      {
        size: 18,
        font: '10px system-ui',
        stroke: colour('--chart-label'),
        grid: { show: false },
        ticks: { size: 3, stroke: colour('--chart-axis'), width: 1 },
        splits: [0.25, 0.5, 0.75],
        values: (_plot, splits) => splits.map((value) => probability(value)),
        gap: 2,
      },
      { show: false },
    ],
    series: [{}, bars(colour('--chart-bar')), bars(keptColour)],
    hooks: { draw: [(plot) => drawThreshold(plot, look)] },
  };
}

function drawThreshold(plot: uPlot, { threshold, colour }: HistogramLook): void {
  if (threshold === undefined) return;
  const atPx = Math.round(plot.valToPos(threshold, 'x', true));
  plot.ctx.fillStyle = colour('--ink');
  plot.ctx.fillRect(
    atPx,
    plot.bbox.top,
    Math.max(1, Math.round(devicePixelRatio)),
    plot.bbox.height,
  );
}
