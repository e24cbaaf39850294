// Waveforms and scores of an archive scan as SVG: a picture for people, written without any image library.

import { type EpochNs, formatIso } from '../../base/time.ts';
import { escapeText } from '../../formats/xml/escapeXml.ts';

export interface PictureRow {
  readonly label: string;
  readonly samples: ArrayLike<number>;
  /** Value at the bottom and at the top; by the samples when undefined. */
  readonly range?: readonly [number, number];
}

export interface Picture {
  readonly title: string;
  /** Time of the first sample of every row. */
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly rows: readonly PictureRow[];
  /** Lines across all rows, in samples. */
  readonly marks: readonly { readonly sample: number; readonly label: string }[];
}

const WIDTH = 1200;
const ROW = 110;
const LEFT = 70;
const TOP = 34;
const BOTTOM = 24;
const COLOURS: Readonly<Record<string, string>> = { P: '#b3261e', S: '#1e5bb3', N: '#777777' };

/** One SVG document: rows over each other on a common time axis. */
export function drawTraces({ title, startNs, sampleRateHz, rows, marks }: Picture): string {
  const samples = rows.reduce((most, row) => Math.max(most, row.samples.length), 1);
  const height = TOP + rows.length * ROW + BOTTOM;
  const plot = WIDTH - LEFT - 10;
  const xOf = (sample: number): number => LEFT + (sample / samples) * plot;
  const lines = rows.flatMap((row, index) => {
    const top = TOP + index * ROW;
    const colour = COLOURS[row.label] ?? '#222222';
    return [
      `<text x="8" y="${top + ROW / 2}">${escapeText(row.label)}</text>`,
      `<path d="${rowPath(row, { top, plot, xOf, samples })}" stroke="${colour}"/>`,
    ];
  });
  const crossing = marks.flatMap(({ sample, label }) => {
    const x = xOf(sample).toFixed(1);
    return [
      `<path d="M${x} ${TOP}V${height - BOTTOM}" stroke="${COLOURS[label[0] ?? ''] ?? '#222222'}" stroke-dasharray="4 3"/>`,
      `<text x="${x}" y="${TOP - 4}">${escapeText(label)}</text>`,
    ];
  });
  const seconds = samples / sampleRateHz;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12" fill="none">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<g fill="#222222"><text x="8" y="16">${escapeText(title)}</text>`,
    `<text x="${LEFT}" y="${height - 7}">${formatIso(startNs, 3, ' ', '')} UTC, ${seconds} s</text></g>`,
    `<g stroke-width="1">${[...lines, ...crossing].join('\n').replaceAll('<text', '<text fill="#222222"')}</g>`,
    '</svg>',
    '',
  ].join('\n');
}

interface Place {
  readonly top: number;
  readonly plot: number;
  readonly samples: number;
  xOf(sample: number): number;
}

/** Each pixel column from its lowest to its highest sample, or straight lines where there are fewer samples. */
function rowPath({ samples: values, range }: PictureRow, place: Place): string {
  const [low, high] = range ?? extremes(values);
  const scale = high > low ? (ROW - 12) / (high - low) : 0;
  const yOf = (value: number): string => (place.top + ROW - 6 - (value - low) * scale).toFixed(1);
  const perColumn = place.samples / place.plot;
  const points: string[] = [];
  if (perColumn <= 2) {
    for (let i = 0; i < values.length; i += 1) {
      points.push(`${place.xOf(i).toFixed(1)} ${yOf(values[i] ?? 0)}`);
    }
  } else {
    for (let from = 0; from < values.length; from += perColumn) {
      const column = Array.prototype.slice.call(
        values,
        Math.floor(from),
        Math.ceil(from + perColumn),
      ) as number[];
      const x = place.xOf(from).toFixed(1);
      points.push(`${x} ${yOf(Math.min(...column))}`, `${x} ${yOf(Math.max(...column))}`);
    }
  }
  return points.length === 0 ? '' : `M${points.join('L')}`;
}

function extremes(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i += 1) {
    low = Math.min(low, values[i] ?? 0);
    high = Math.max(high, values[i] ?? 0);
  }
  return low <= high ? [low, high] : [0, 0];
}
