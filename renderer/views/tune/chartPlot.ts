import uPlot from 'uplot';
import type { ChartAxis, ChartLook, ChartSeries, ChartSpec } from '../../canvas/chart/chart.ts';

type Columns = [number[], ...(number | null | undefined)[][]];

/** One column of x for all series; a series has nothing at the places of the others. */
export function chartColumns(series: readonly ChartSeries[]): Columns {
  const places = series.flatMap(({ x }, k) => x.map((value, i) => ({ value, k, i })));
  places.sort((a, b) => a.value - b.value || a.k - b.k || a.i - b.i);
  const x: number[] = [];
  const columns = series.map((): (number | null | undefined)[] => []);
  let taken = new Set<number>();
  for (const { value, k, i } of places) {
    // Points of several series at one x share a row.
    if (x.at(-1) !== value || taken.has(k)) {
      x.push(value);
      // Not null: bars are as wide as what they have is apart.
      for (const column of columns) column.push(undefined);
      taken = new Set();
    }
    taken.add(k);
    const column = columns[k];
    if (column) column[x.length - 1] = series[k]?.y[i] ?? null;
  }
  return [x, ...columns];
}

/** Where the curves are, in the chart's box. */
export interface ChartArea {
  readonly leftPx: number;
  readonly topPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** What a chart cannot change once it is made. */
export function chartForm({ series }: ChartSpec): string {
  return JSON.stringify(series.map(({ kind, token, dash, widthPx, open, radiusPx }) => [kind, token, dash, widthPx, open, radiusPx])); // prettier-ignore
}

/** A chart in a box: made once for a form, then shown other data, another size, other colours. */
export class ChartPlot {
  #spec: ChartSpec;
  readonly #plot: uPlot;

  constructor(host: HTMLElement, spec: ChartSpec, { colour, widthPx, heightPx }: ChartLook) {
    this.#spec = spec;
    const options: uPlot.Options = {
      width: widthPx,
      height: heightPx,
      legend: { show: false },
      cursor: { show: false },
      padding: [6, 20, 0, 0],
      scales: {
        x: { time: false, range: () => this.#range() },
        y: { range: () => [this.#spec.y.min, this.#spec.y.max] },
      },
      axes: [axisOf(() => this.#spec.x, colour, true), axisOf(() => this.#spec.y, colour, false)],
      series: [{}, ...spec.series.map((one) => seriesOf(one, colour))],
    };
    this.#plot = new uPlot(options, chartColumns(spec.series), host);
    this.#label(spec);
  }

  /** A hair wider: of several points at an end all are drawn. */
  #range(): [number, number] {
    const { min, max } = this.#spec.x;
    const hair = (max - min) * 1e-6;
    return [min - hair, max + hair];
  }

  #label({ x, y }: ChartSpec): void {
    const [across, up] = this.#plot.axes;
    if (across) across.label = x.words;
    if (up) up.label = y.words;
  }

  /** Other data in the same form. */
  show(spec: ChartSpec): void {
    this.#spec = spec;
    this.#label(spec);
    this.#plot.setData(chartColumns(spec.series));
  }

  resize(size: Pick<ChartLook, 'widthPx' | 'heightPx'>): void {
    this.#plot.setSize({ width: size.widthPx, height: size.heightPx });
  }

  /** In the colours of now. */
  repaint(): void {
    this.#plot.redraw(false, true);
  }

  get area(): ChartArea {
    const { left, top, width, height } = this.#plot.bbox;
    const ratio = uPlot.pxRatio;
    return {
      leftPx: left / ratio,
      topPx: top / ratio,
      widthPx: width / ratio,
      heightPx: height / ratio,
    };
  }

  destroy(): void {
    this.#plot.destroy();
  }
}

function axisOf(axis: () => ChartAxis, colour: ChartLook['colour'], isX: boolean): uPlot.Axis {
  return {
    size: isX ? 18 : 34,
    font: '10px system-ui',
    stroke: () => colour('--chart-label'),
    label: axis().words,
    labelSize: 14,
    labelFont: '10px system-ui',
    labelGap: 0,
    gap: 2,
    ticks: { size: 3, stroke: () => colour('--chart-axis'), width: 1 },
    grid: { show: !isX, stroke: () => colour('--chart-grid'), width: 1 },
    splits: () => [...axis().splits],
    values: (_plot, splits) => splits.map(axis().format),
  };
}

function seriesOf(one: ChartSeries, colour: ChartLook['colour']): uPlot.Series {
  const stroke = () => colour(one.token);
  if (one.kind === 'bars') {
    const paths = uPlot.paths.bars?.({ size: [0.9], align: 0 });
    return { stroke, fill: stroke, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
  }
  if (one.kind === 'points') {
    const fill = one.open ? () => colour('--surface-panel') : stroke;
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
