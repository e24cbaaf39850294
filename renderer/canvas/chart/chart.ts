// A chart as data: what is drawn on the screen, written as SVG and listed as CSV is one and the same.

export interface ChartAxis {
  /** With its unit: `residual, s`. */
  readonly words: string;
  readonly min: number;
  readonly max: number;
  readonly splits: readonly number[];
  readonly format: (value: number) => string;
}

export interface ChartSeries {
  readonly name: string;
  readonly kind: 'line' | 'points' | 'bars';
  /** Ascending. */
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** A token of the theme: `--phase-p`. */
  readonly token: string;
  readonly dash?: readonly number[];
  readonly widthPx?: number;
  /** Of points: open ones have an outline alone. */
  readonly open?: boolean;
  readonly radiusPx?: number;
}

/** One point over the series that moves while they stand still. */
export interface ChartMark {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly token: string;
  readonly open: boolean;
  readonly radiusPx: number;
}

export interface ChartSpec {
  readonly title: string;
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  readonly series: readonly ChartSeries[];
  readonly marks?: readonly ChartMark[];
  /** Width of a bar on the x axis. */
  readonly barWidth?: number;
}

export interface ChartLook {
  readonly widthPx: number;
  readonly heightPx: number;
  /** A token's colour by its name. */
  readonly colour: (token: string) => string;
}

const MARGIN = { left: 52, right: 16, top: 28, bottom: 56 };

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const at = (value: number): string => value.toFixed(2);

/** Marks too, as series of one point. */
function allSeries({ series, marks = [] }: ChartSpec): readonly ChartSeries[] {
  const points = marks.map((mark): ChartSeries => ({ ...mark, kind: 'points', x: [mark.x], y: [mark.y] })); // prettier-ignore
  return [...series, ...points];
}

/** The chart as an SVG document with title, axes and legend. */
export function chartSvg(spec: ChartSpec, look: ChartLook): string {
  const all = allSeries(spec);
  const { widthPx, heightPx, colour } = look;
  const frame = frameOf(spec, look);
  const text = (x: number, y: number, words: string, more = ''): string =>
    `<text x="${at(x)}" y="${at(y)}" ${more}>${escaped(words)}</text>`;
  const { left, right, top, bottom } = frame;
  const grid = [
    ...spec.x.splits.map((value) => {
      const x = frame.x(value);
      return `<path d="M${at(x)} ${at(bottom)}v4" stroke="${colour('--chart-axis')}"/>${text(x, bottom + 16, spec.x.format(value), 'text-anchor="middle"')}`;
    }),
    ...spec.y.splits.map((value) => {
      const y = frame.y(value);
      return `<path d="M${left} ${at(y)}H${at(right)}" stroke="${colour('--chart-grid')}"/>${text(left - 6, y + 4, spec.y.format(value), 'text-anchor="end"')}`;
    }),
  ];
  const legend = all.map(({ name, token }, i) => {
    // Letters are about 6 px wide.
    const before = all.slice(0, i).reduce((sum, one) => sum + 28 + 6 * one.name.length, 0);
    const x = left + before;
    return `<rect x="${x}" y="${heightPx - 12}" width="8" height="8" fill="${colour(token)}"/>${text(x + 12, heightPx - 4, name)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="sans-serif" font-size="11" fill="${colour('--chart-label')}">`,
    `<title>${escaped(spec.title)}</title>`,
    `<rect width="100%" height="100%" fill="${colour('--surface-panel')}"/>`,
    text(left, 16, spec.title, `font-weight="600" fill="${colour('--text-1')}"`),
    ...grid,
    text((left + right) / 2, bottom + 28, spec.x.words, 'text-anchor="middle"'),
    text(12, (top + bottom) / 2, spec.y.words, `text-anchor="middle" transform="rotate(-90 12 ${at((top + bottom) / 2)})"`), // prettier-ignore
    ...all.map((series) => seriesSvg(series, spec, frame, colour)),
    `<path d="M${left} ${top}V${at(bottom)}H${at(right)}" fill="none" stroke="${colour('--chart-axis')}"/>`,
    ...legend,
    '</svg>',
  ].join('\n');
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(value: number): number;
  y(value: number): number;
}

function frameOf({ x, y }: ChartSpec, { widthPx, heightPx }: ChartLook): Frame {
  const { left, top } = MARGIN;
  const right = widthPx - MARGIN.right;
  const bottom = heightPx - MARGIN.bottom;
  const share = (value: number, { min, max }: ChartAxis): number =>
    (value - min) / (max - min || 1);
  return {
    ...{ left, right, top, bottom },
    x: (value) => left + share(value, x) * (right - left),
    y: (value) => bottom - share(value, y) * (bottom - top),
  };
}

function seriesSvg(
  series: ChartSeries,
  { barWidth = 1 }: ChartSpec,
  frame: Frame,
  colour: ChartLook['colour'],
): string {
  const ink = colour(series.token);
  const points = series.x.flatMap((x, i) => {
    const y = series.y[i];
    return y === null || y === undefined ? [] : [[frame.x(x), frame.y(y), x] as const];
  });
  if (series.kind === 'bars') {
    const width = Math.max(1, frame.x(barWidth) - frame.x(0) - 1);
    return points
      .map(
        ([x, y]) =>
          `<rect x="${at(x - width / 2)}" y="${at(y)}" width="${at(width)}" height="${at(Math.max(0, frame.bottom - y))}" fill="${ink}"/>`,
      ) // prettier-ignore
      .join('');
  }
  if (series.kind === 'points') {
    const look = series.open ? `fill="${colour('--surface-panel')}" stroke="${ink}"` : `fill="${ink}"`; // prettier-ignore
    return points.map(([x, y]) => `<circle cx="${at(x)}" cy="${at(y)}" r="${series.radiusPx ?? 3}" ${look}/>`).join(''); // prettier-ignore
  }
  const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(x)} ${at(y)}`).join('');
  const dash = series.dash ? ` stroke-dasharray="${series.dash.join(' ')}"` : '';
  return `<path d="${path}" fill="none" stroke="${ink}" stroke-width="${series.widthPx ?? 1.5}"${dash}/>`;
}

/** One row a point: series, x, y; empty where there is no value. */
export function chartCsv(spec: ChartSpec): string {
  const { x, y } = spec;
  const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text); // prettier-ignore
  const rows = allSeries(spec).flatMap((one) =>
    one.x.map((value, i) => `${cell(one.name)},${value},${one.y[i] ?? ''}`),
  );
  return [`series,${cell(x.words)},${cell(y.words)}`, ...rows, ''].join('\n');
}

/** The point nearest to a place, both in px; undefined beyond `withinPx`. */
export function nearestPoint(
  spec: ChartSpec,
  place: { readonly xPx: number; readonly yPx: number; readonly withinPx: number },
  toPx: (x: number, y: number) => readonly [number, number],
): { series: number; index: number } | undefined {
  let best: { series: number; index: number; away: number } | undefined;
  spec.series.forEach(({ x, y }, series) => {
    x.forEach((value, index) => {
      const height = y[index];
      if (height === null || height === undefined) return;
      const [left, top] = toPx(value, height);
      const away = Math.hypot(left - place.xPx, top - place.yPx);
      if (away <= place.withinPx && away < (best?.away ?? Infinity)) best = { series, index, away };
    });
  });
  return best && { series: best.series, index: best.index };
}
