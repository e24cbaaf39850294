// What a sweep found, as pictures: the front of recall against false picks, and every row through its parameters.

import type { SweepValue } from '../../../../src/domain/evaluation/sweep.ts';
import type { SweepReport } from '../../../../src/domain/evaluation/sweepReport.ts';
import type { ChartSpec } from '../../../canvas/chart/chart.ts';
import { probability } from '../../words.ts';

interface Placed {
  readonly row: number;
  readonly falsePerHour: number;
  readonly recall: number;
}

/** Rows with both numbers, by false picks: the order of the points of the front's chart. */
function placed({ rows, goal }: SweepReport, kept: (row: number) => boolean): Placed[] {
  const found = rows.flatMap(({ result }, row): Placed[] => {
    const recall = result?.[goal].recall ?? null;
    const falsePerHour = result?.falsePerHour[goal] ?? null;
    if (recall === null || falsePerHour === null || !kept(row)) return [];
    return [{ row, falsePerHour, recall }];
  });
  return found.sort((a, b) => a.falsePerHour - b.falsePerHour || a.recall - b.recall);
}

/** The chart, and the row of each point of its first two series: all rows, then the front. */
export function frontChart(
  report: SweepReport,
  chosen: number | undefined,
): { spec: ChartSpec; rows: readonly (readonly number[])[] } {
  const front = new Set(report.front);
  const lists = [placed(report, () => true), placed(report, (row) => front.has(row))] as const;
  const own = placed(report, (row) => row === chosen);
  const most = Math.max(0.1, ...lists[0].map(({ falsePerHour }) => falsePerHour));
  const step = 10 ** Math.floor(Math.log10(most));
  const max = Math.ceil(most / step) * step;
  const series = (
    name: string,
    points: readonly Placed[],
    look: Pick<ChartSpec['series'][number], 'kind' | 'token' | 'radiusPx' | 'open'>,
  ): ChartSpec['series'][number] => ({
    ...{ name, x: points.map((p) => p.falsePerHour), y: points.map((p) => p.recall) },
    ...look,
  });
  return {
    rows: lists.map((points) => points.map(({ row }) => row)),
    spec: {
      title: 'Recall and false picks',
      x: {
        words: 'false picks per hour of record',
        ...{ min: 0, max, splits: [0, max / 2, max] },
        format: (value) => String(Number(value.toPrecision(3))),
      },
      y: { words: 'recall', min: 0, max: 1, splits: [0, 0.5, 1], format: probability },
      series: [
        series('all', lists[0], { kind: 'points', token: '--text-3', radiusPx: 2 }),
        series('front', lists[1], { kind: 'points', token: '--diff-gained', radiusPx: 3.5 }),
        series('front, joined', lists[1], { kind: 'line', token: '--diff-gained' }),
        series('chosen', own, { kind: 'points', token: '--text-1', radiusPx: 6, open: true }),
      ],
    },
  };
}

/** An axis of the parallel coordinates: a parameter, or a number of the score. */
export interface ParallelAxis {
  readonly name: string;
  /** From the foot up. */
  readonly ticks: readonly { readonly at: number; readonly words: string }[];
  /** From 0 to 1 for each row; undefined where it has no such number. */
  readonly places: readonly (number | undefined)[];
}

export function parallelAxes(report: SweepReport): ParallelAxis[] {
  const { rows, names, goal } = report;
  const numbers = (name: string, values: readonly (number | null)[]): ParallelAxis => {
    const known = values.filter((value) => value !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const place = (value: number): number => (high > low ? (value - low) / (high - low) : 0.5);
    const ends = high > low ? [low, high] : [low];
    return {
      name,
      ticks:
        known.length === 0 ? [] : ends.map((value) => ({ at: place(value), words: word(value) })),
      places: values.map((value) => (value === null ? undefined : place(value))),
    };
  };
  const words = (name: string, values: readonly SweepValue[]): ParallelAxis => {
    const distinct = [...new Set(values)];
    const place = (value: SweepValue): number =>
      distinct.length > 1 ? distinct.indexOf(value) / (distinct.length - 1) : 0.5;
    const ticks = distinct.map((value) => ({ at: place(value), words: String(value) }));
    return { name, ticks, places: values.map(place) };
  };
  const parameters = names.map((name) => {
    const values = rows.map(({ point }) => point[name] ?? '');
    const allNumbers = values.every((value) => typeof value === 'number');
    return allNumbers ? numbers(name, values) : words(name, values);
  });
  const score = (of: (row: (typeof rows)[number]) => number | null | undefined) =>
    rows.map((row) => of(row) ?? null);
  return [
    ...parameters,
    numbers(
      'recall',
      score(({ result }) => result?.[goal].recall),
    ),
    numbers(
      'precision',
      score(({ result }) => result?.[goal].precision),
    ),
    numbers(
      'F1',
      score(({ value }) => value),
    ),
  ];
}

function word(value: number): string {
  return String(Number(value.toPrecision(3)));
}

export interface ParallelLook {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: (token: string) => string;
  readonly chosen: number | undefined;
  readonly best: number | undefined;
  /** Of a file; on the page what lies below shows. */
  readonly background?: boolean;
}

const MARGIN = { side: 34, top: 26, bottom: 12 };

/** Where axis k of `count` stands. */
export function axisX(k: number, count: number, widthPx: number): number {
  const { side } = MARGIN;
  return count < 2 ? widthPx / 2 : side + (k * (widthPx - 2 * side)) / (count - 1);
}

/** The parallel coordinates as an SVG document: a line a row, the best and the chosen one on top. */
export function parallelSvg(
  axes: readonly ParallelAxis[],
  rows: number,
  look: ParallelLook,
): string {
  const { widthPx, heightPx, colour, chosen, best } = look;
  const y = (at: number): number => heightPx - MARGIN.bottom - at * (heightPx - MARGIN.top - MARGIN.bottom); // prettier-ignore
  const x = (k: number): number => axisX(k, axes.length, widthPx);
  const path = (row: number): string =>
    axes
      .flatMap(({ places }, k) => {
        const at = places[row];
        return at === undefined ? [] : [`${x(k).toFixed(1)} ${y(at).toFixed(1)}`];
      })
      .map((point, i) => `${i === 0 ? 'M' : 'L'}${point}`)
      .join('');
  const line = (row: number, token: string, width: number, opacity: number): string =>
    `<path d="${path(row)}" fill="none" stroke="${colour(token)}" stroke-width="${width}" stroke-opacity="${opacity}"/>`;
  const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const opacity = Math.min(0.6, Math.max(0.08, 20 / Math.max(1, rows)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="sans-serif" font-size="10" fill="${colour('--chart-label')}">`,
    '<title>Sets of the sweep through their parameters</title>',
    ...(look.background
      ? [`<rect width="100%" height="100%" fill="${colour('--surface-panel')}"/>`]
      : []),
    ...Array.from({ length: rows }, (_, row) => line(row, '--text-3', 1, opacity)),
    ...(best === undefined ? [] : [line(best, '--diff-gained', 2, 1)]),
    ...(chosen === undefined ? [] : [line(chosen, '--text-1', 2, 1)]),
    ...axes.map(({ name, ticks }, k) => {
      // On a ground of their own: lines run through the ends of an axis.
      const halo = `stroke="${colour('--surface-panel')}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"`;
      const labels = ticks.map(({ at, words }) => `<text x="${x(k) + 5}" y="${y(at) + 3}" ${halo}>${escaped(words)}</text>`); // prettier-ignore
      return `<path d="M${x(k)} ${y(0)}V${y(1)}" stroke="${colour('--chart-axis')}"/><text x="${x(k)}" y="${MARGIN.top - 12}" text-anchor="middle" font-weight="600">${escaped(name)}</text>${labels.join('')}`;
    }),
    '</svg>',
  ].join('\n');
}
