import { type EpochNs, epochNs, secondsToNs } from '../../src/base/time.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';

/** Closer to an edge than this share of the window is not comfortably in view. */
const MARGIN = 10n;

/**
 * The window of the same length that shows `time` at `share` of its width; the window itself when `time` is
 * comfortably inside. It is kept on `span`, the data, as far as `time` stays in it.
 */
export function revealed(
  window: TimeWindow,
  time: EpochNs,
  { share, span }: { share: number; span: TimeWindow | undefined },
): TimeWindow {
  const { startNs, endNs } = window;
  const length = endNs - startNs;
  const margin = length / MARGIN;
  if (time >= startNs + margin && time <= endNs - margin) return window;
  const free = time - secondsToNs((Number(length) / 1e9) * share);
  const start = span ? keptOn(span, free, length) : free;
  const isInside = time >= start && time <= start + length;
  const begin = isInside ? start : free;
  return begin === startNs ? window : { startNs: epochNs(begin), endNs: epochNs(begin + length) };
}

/** A start near `start` with which a window of `length` leaves the span on neither side, or covers it. */
function keptOn(span: TimeWindow, start: bigint, length: bigint): bigint {
  const last = span.endNs - length;
  const [least, most] = last < span.startNs ? [last, span.startNs] : [span.startNs, last];
  if (start < least) return least;
  return start > most ? most : start;
}
