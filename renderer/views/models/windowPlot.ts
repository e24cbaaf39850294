// The rows a network is fed with and its answers below them, on one axis of seconds in the window.

import type { WindowInput } from '../../../src/contract/messages/models.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';
import { curvePoints } from '../../canvas/overlays/probability.ts';
import { phaseColours } from '../../canvas/palette.ts';
import type { Pen } from '../../canvas/pen.ts';

export const ROW_PX = 84;
export const OUTPUT_PX = 120;
export const AXIS_PX = 20;
const GAP_PX = 6;

export function plotHeightPx(input: WindowInput): number {
  return input.rows.length * (ROW_PX + GAP_PX) + OUTPUT_PX + AXIS_PX;
}

export interface WindowMarks {
  /** Seconds from the start of the window. */
  readonly timeS: number | undefined;
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Lines of labels that share a strip are told apart by their dashes too. */
const DASHES: Readonly<Record<string, readonly number[]>> = { S: [5, 2], Detection: [1.5, 2], N: [7, 2, 1.5, 2] }; // prettier-ignore

export function paintWindow(pen: Pen, input: WindowInput, marks: WindowMarks): void {
  const { rows, sampleRateHz } = input;
  const length = rows[0]?.samples.length ?? 1;
  const lengthS = length / sampleRateHz;
  const xOf = (s: number): number => (s / lengthS) * pen.widthPx;
  const bottom = rows.length * (ROW_PX + GAP_PX) + OUTPUT_PX;
  paintBlinded(pen, input, bottom);
  rows.forEach((row, i) => paintRow(pen, row.samples, i * (ROW_PX + GAP_PX)));
  paintOutputs(pen, input, marks, rows.length * (ROW_PX + GAP_PX));
  if (marks.timeS !== undefined) {
    pen.verticalDashed(xOf(marks.timeS), [0, bottom], pen.palette.ink, [4, 3]);
  }
  paintSeconds(pen, lengthS, bottom);
}

/** What of the window is not used. */
function paintBlinded(pen: Pen, { blindingSamples, rows }: WindowInput, bottom: number): void {
  const length = rows[0]?.samples.length ?? 1;
  const [before, after] = blindingSamples;
  const px = (samples: number): number => (samples / length) * pen.widthPx;
  pen.rect(0, 0, px(before), bottom, pen.palette['well-edge-zone']);
  pen.rect(pen.widthPx - px(after), 0, px(after), bottom, pen.palette['well-edge-zone']);
}

function paintRow(pen: Pen, samples: Float32Array, top: number): void {
  const middle = top + ROW_PX / 2;
  pen.horizontal(0, pen.widthPx, middle, pen.palette['grid-strong']);
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  if (peak === 0) return;
  const scale = (ROW_PX / 2 - 2) / peak;
  const points: [number, number][] = [];
  const columns = Math.max(1, Math.round(pen.widthPx * pen.ratio));
  const perColumn = samples.length / columns;
  if (perColumn <= 2) {
    samples.forEach((value, i) =>
      points.push([((i + 0.5) / samples.length) * pen.widthPx, middle - value * scale]),
    );
  } else {
    for (let c = 0; c < columns; c += 1) {
      let [low, high] = [Infinity, -Infinity];
      const end = Math.min(samples.length, Math.ceil((c + 1) * perColumn));
      for (let i = Math.floor(c * perColumn); i < end; i += 1) {
        low = Math.min(low, samples[i] ?? 0);
        high = Math.max(high, samples[i] ?? 0);
      }
      const x = ((c + 0.5) / columns) * pen.widthPx;
      points.push([x, middle - high * scale], [x, middle - low * scale]);
    }
  }
  pen.polyline(points, pen.palette['trace-z'], 1);
}

function paintOutputs(pen: Pen, input: WindowInput, marks: WindowMarks, top: number): void {
  const { palette, context } = pen;
  const height = OUTPUT_PX - GAP_PX;
  const yOf = (p: number): number => top + height - p * (height - 4);
  for (const level of [0, 0.5, 1]) pen.horizontal(0, pen.widthPx, yOf(level), palette.grid);
  const lengthNs = BigInt(Math.round(((input.rows[0]?.samples.length ?? 1) / input.sampleRateHz) * 1e9)); // prettier-ignore
  const window = { startNs: input.startNs, endNs: (input.startNs + lengthNs) as typeof input.startNs }; // prettier-ignore
  for (const { label, values } of input.outputs) {
    const colour = labelColour(pen, label);
    context.setLineDash([...(DASHES[label] ?? [])]);
    if (values.length === 1) {
      const x = (input.outputFirstSample / (input.rows[0]?.samples.length ?? 1)) * pen.widthPx;
      const y = yOf(values[0] ?? 0);
      pen.polyline([[x - 14, y], [x + 14, y]], colour, 2); // prettier-ignore
      pen.font(11, 600);
      pen.text(label, x + 18, y + 4, colour);
    } else {
      const part = {
        kind: 'samples' as const,
        startNs: input.startNs,
        stepS: input.outputStepSamples / input.sampleRateHz,
        offset: 0,
        values,
      };
      pen.polyline(curvePoints(part, window, pen.widthPx, yOf), colour, 1.25);
    }
    context.setLineDash([]);
    const threshold = marks.thresholds[label];
    if (threshold !== undefined)
      pen.horizontalDashed([0, pen.widthPx], yOf(threshold), palette['text-3'], [3, 3]);
  }
}

export function labelColour(pen: Pen, label: string): string {
  if (label === 'N') return pen.palette['text-3'];
  if (label === 'Detection') return pen.palette.event;
  return phaseColours(pen.palette, phaseFamily(label)).line;
}

function paintSeconds(pen: Pen, lengthS: number, top: number): void {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60].find((s) => lengthS / s <= 12) ?? 120;
  pen.horizontal(0, pen.widthPx, top, pen.palette['chart-axis']);
  pen.font(10);
  for (let s = 0; s <= lengthS + 1e-9; s += step) {
    const x = (s / lengthS) * pen.widthPx;
    pen.vertical(x, top, top + 4, pen.palette['chart-axis']);
    const words = `${Number(s.toFixed(1))} s`;
    const align = s === 0 ? 'left' : x > pen.widthPx - 20 ? 'right' : 'center';
    pen.text(words, x, top + 15, pen.palette['chart-label'], align);
  }
}
