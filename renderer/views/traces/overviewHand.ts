import { epochNs } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';

/** What a press on the overview takes hold of. */
export type OverviewGrab = 'window' | 'start' | 'end' | 'centre' | 'elsewhere';

const EDGE_PX = 4;
/** A handle narrower than this has no edges to take hold of. */
const RESIZABLE_FROM_PX = 16;

export function grabOf([left, right]: readonly [number, number], xPx: number): OverviewGrab {
  if (right - left >= RESIZABLE_FROM_PX) {
    if (Math.abs(xPx - left) <= EDGE_PX) return 'start';
    if (Math.abs(xPx - right) <= EDGE_PX) return 'end';
  }
  return xPx >= left - EDGE_PX && xPx <= right + EDGE_PX ? 'window' : 'elsewhere';
}

/**
 * The window after a move by `share` of the whole span: all of it, or one edge.
 * `centre` puts its middle at `share` of the span.
 */
export function movedWindow(
  window: TimeWindow,
  span: TimeWindow,
  grab: OverviewGrab,
  share: number,
): TimeWindow {
  const by = BigInt(Math.round(Number(span.endNs - span.startNs) * share));
  const { startNs, endNs } = window;
  if (grab === 'start') return { startNs: epochNs(startNs + by < endNs ? startNs + by : startNs), endNs }; // prettier-ignore
  if (grab === 'end') return { startNs, endNs: epochNs(endNs + by > startNs ? endNs + by : endNs) };
  const shift = grab === 'centre' ? span.startNs + by - (startNs + endNs) / 2n : by;
  return { startNs: epochNs(startNs + shift), endNs: epochNs(endNs + shift) };
}
