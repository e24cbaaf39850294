import { type EpochNs, epochNs } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';

// Between pixels and time, and what a drag or a wheel turn means.

export function timeAtX(window: TimeWindow, widthPx: number, xPx: number): EpochNs {
  const lengthNs = Number(window.endNs - window.startNs);
  return epochNs(window.startNs + BigInt(Math.round((xPx / Math.max(1, widthPx)) * lengthNs)));
}

export function xOfTime(window: TimeWindow, widthPx: number, time: EpochNs): number {
  return (Number(time - window.startNs) / Number(window.endNs - window.startNs)) * widthPx;
}

/** Vertical way of a drag that is still taken for a horizontal one. */
const STEADY_PX = 6;
/** A drag over the whole height shortens the window by e to this power, as in snuffler. */
const ZOOM_POWER = 5;

/**
 * The window after a drag `by` that began at `from`: the horizontal way pans, the vertical way zooms about
 * the time that was pressed. Down shortens, up lengthens.
 */
export function draggedWindow(
  window: TimeWindow,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  from: { readonly xPx: number },
  by: { readonly xPx: number; readonly yPx: number },
): TimeWindow {
  const vertical = Math.sign(by.yPx) * Math.max(0, Math.abs(by.yPx) - STEADY_PX);
  const factor = Math.exp((-vertical / Math.max(1, heightPx)) * ZOOM_POWER);
  const lengthNs = Number(window.endNs - window.startNs) * factor;
  const pressed = timeAtX(window, widthPx, from.xPx);
  // The time pressed stays under the pointer.
  const share = (from.xPx + by.xPx) / Math.max(1, widthPx);
  const startNs = pressed - BigInt(Math.round(share * lengthNs));
  return { startNs: epochNs(startNs), endNs: epochNs(startNs + BigInt(Math.round(lengthNs))) };
}

export type WheelAct =
  | { readonly kind: 'rows' | 'count' | 'pan'; readonly px: number }
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'gain'; readonly factor: number };

export interface WheelTurn {
  readonly deltaX: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Pixels of a wheel line and page. */
const LINE_PX = 33;
const PAGE_PX = 400;

/**
 * What a turn of the wheel means. A pinch on a trackpad comes as Ctrl and wheel with small uneven steps,
 * a wheel with Ctrl held in whole notches.
 */
export function wheelAct(turn: WheelTurn): WheelAct {
  const unit = turn.deltaMode === 1 ? LINE_PX : turn.deltaMode === 2 ? PAGE_PX : 1;
  const x = turn.deltaX * unit;
  // Browsers turn the wheel sideways while Shift is held.
  const y = (turn.deltaY === 0 && turn.shiftKey ? turn.deltaX : turn.deltaY) * unit;
  if (turn.altKey) return { kind: 'zoom', factor: Math.exp(y * 0.0025) };
  if (turn.shiftKey) return { kind: 'gain', factor: Math.exp(-y * 0.0025) };
  if (turn.ctrlKey && (Math.abs(y) < 30 || !Number.isInteger(y))) return { kind: 'zoom', factor: Math.exp(y * 0.01) }; // prettier-ignore
  if (turn.ctrlKey || turn.metaKey) return { kind: 'count', px: y };
  return Math.abs(x) > Math.abs(y) ? { kind: 'pan', px: x } : { kind: 'rows', px: y };
}
