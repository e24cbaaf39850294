import type { ProbabilityTrace } from '../../../src/contract/messages/models.ts';
import { type EpochNs, nsToSeconds } from '../../../src/base/time.ts';
import { phaseFamily } from '../../../src/domain/event/pick.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { TraceWindow } from '../../../src/domain/waveform/traceWindow.ts';
import { paintProbability } from '../../canvas/overlays/probability.ts';
import { phaseColours } from '../../canvas/palette.ts';
import type { Pen } from '../../canvas/pen.ts';

const STRIP_PX = 16;

export interface CardFacts {
  readonly traces: readonly TraceWindow[];
  readonly curves: readonly ProbabilityTrace[];
  readonly window: TimeWindow;
  readonly time: EpochNs;
  readonly phase: string;
}

/** One trace about a pick, each at its own height, over its probability. */
export function paintCard(pen: Pen, { traces, curves, window, time, phase }: CardFacts): void {
  const { palette, widthPx, heightPx } = pen;
  const lengthS = nsToSeconds(window.endNs - window.startNs);
  const bottom = heightPx - STRIP_PX;
  const middle = bottom / 2;
  const colours = phaseColours(palette, phaseFamily(phase));
  const x = (nsToSeconds(time - window.startNs) / lengthS) * widthPx;
  pen.verticalDashed(x, [0, heightPx], colours.line, [4, 3]);
  const lines = traces
    .flatMap(({ parts }) => parts)
    .map((part) => {
      const from = nsToSeconds(part.startNs - window.startNs);
      return Array.from(part.values, (value, i) => {
        const at = part.kind === 'bins' ? Math.floor(i / 2) + (i % 2) / 2 : i;
        return [((from + at * part.stepS) / lengthS) * widthPx, value] as [number, number];
      }).filter(([left]) => left >= -1 && left <= widthPx + 1);
    });
  let [low, high] = [Infinity, -Infinity];
  for (const line of lines) {
    for (const [, value] of line) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const [offset, half] = [(low + high) / 2, Math.max(1e-30, (high - low) / 2)];
  for (const line of lines) {
    const points = line.map(([left, value]) => [left, middle - ((value - offset) / half) * (middle - 2)] as const); // prettier-ignore
    if (points.length > 1) pen.polyline(points, palette['trace-unselected']);
  }
  if (lines.every((line) => line.length === 0)) {
    pen.font(11);
    pen.text(traces.length === 0 ? 'loading' : 'no data', 6, middle + 4, palette['text-3']);
  }
  for (const curve of curves) {
    paintProbability(pen, curve, window, { top: bottom, height: STRIP_PX });
  }
}
