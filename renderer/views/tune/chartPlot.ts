import uPlot from 'uplot';
import type { ChartAxis, ChartLook, ChartSeries, ChartSpec } from '../../canvas/chart/chart.ts';

type Columns = [number[], ...(number | null)[][]];

/** One column of x for all series; a series has nothing at the places of the others. */
export function chartColumns(series: readonly ChartSeries[]): Columns {
  const places = series.flatMap(({ x }, k) => x.map((value, i) => ({ value, k, i })));
  places.sort((a, b) => a.value - b.value || a.k - b.k || a.i - b.i);
  const x: number[] = [];
  const columns = series.map((): (number | null)[] => []);
  let taken = new Set<number>();
  for (const { value, k, i } of places) {
    // Points of several series at one x share a row.
    if (x.at(-1) !== value || taken.has(k)) {
      x.push(value);
      for (const column of columns) column.push(null);
      taken = new Set();
    }
    taken.add(k);
    const column = columns[k];
    if (column) column[x.length - 1] = series[k]?.y[i] ?? null;
  }
  return [x, ...columns];
}

function axisOf(axis: ChartAxis, colour: ChartLook['colour'], isX: boolean): uPlot.Axis {
  return {
    size: isX ? 18 : 34,
    font: '10px system-ui',
    stroke: colour('--chart-label'),
    label: axis.words,
    labelSize: 14,
    labelFont: '10px system-ui',
    labelGap: 0,
    gap: 2,
    ticks: { size: 3, stroke: colour('--chart-axis'), width: 1 },
    grid: { show: !isX, stroke: colour('--chart-grid'), width: 1 },
    splits: [...axis.splits],
    values: (_plot, splits) => splits.map(axis.format),
  };
}

function seriesOf(one: ChartSeries, colour: ChartLook['colour']): uPlot.Series {
  const stroke = colour(one.token);
  if (one.kind === 'bars') {
    const paths = uPlot.paths.bars?.({ size: [0.9], align: 0 });
    return { stroke, fill: stroke, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
  }
  if (one.kind === 'points') {
    const fill = one.open ? colour('--surface-panel') : stroke;
    const size = 2 * (one.radiusPx ?? 3);
    return { stroke, width: 1.25, paths: () => null, points: { show: true, size, fill, stroke } };
  }
  return {
    stroke,
    width: one.widthPx ?? 1.5,
    spanGaps: true,
    points: { show: false },
    ...(one.dash ? { dash: [...one.dash] } : {}),
  };
}

/** Draws a chart into a box. */
export function plotChart(host: HTMLElement, spec: ChartSpec, look: ChartLook): uPlot {
  const { colour, widthPx, heightPx } = look;
  const hair = (spec.x.max - spec.x.min) * 1e-6;
  const options: uPlot.Options = {
    width: widthPx,
    height: heightPx,
    legend: { show: false },
    cursor: { show: false },
    padding: [6, 20, 0, 0],
    scales: {
      // A hair wider: of several points at an end all are drawn.
      x: { time: false, range: [spec.x.min - hair, spec.x.max + hair] },
      y: { range: [spec.y.min, spec.y.max] },
    },
    axes: [axisOf(spec.x, colour, true), axisOf(spec.y, colour, false)],
    series: [{}, ...spec.series.map((one) => seriesOf(one, colour))],
  };
  return new uPlot(options, chartColumns(spec.series), host);
}
