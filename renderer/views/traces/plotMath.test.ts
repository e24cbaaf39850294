import { describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { draggedWindow, timeAtX, wheelAct, xOfTime } from './plotMath.ts';

const T0 = epochNs(1_700_000_000_000_000_000n);
const WINDOW: TimeWindow = { startNs: T0, endNs: addSeconds(T0, 100) };
const SIZE = { widthPx: 1000, heightPx: 500 };

describe('a drag', () => {
  test('to the right shows what was before, by as much as the hand went', () => {
    const after = draggedWindow(WINDOW, SIZE, { xPx: 300 }, { xPx: 100, yPx: 0 });
    expect(after).toEqual({ startNs: addSeconds(T0, -10), endNs: addSeconds(T0, 90) });
  });

  test('down shortens, up lengthens, and the time pressed stays under the pointer', () => {
    for (const yPx of [-200, -7, 80, 300]) {
      const after = draggedWindow(WINDOW, SIZE, { xPx: 300 }, { xPx: 40, yPx });
      const before = timeAtX(WINDOW, SIZE.widthPx, 300);
      expect(xOfTime(after, SIZE.widthPx, before)).toBeCloseTo(340, 3);
      expect(after.endNs - after.startNs < 100_000_000_000n).toBe(yPx > 0);
    }
  });

  test('that trembles up and down does not zoom', () => {
    const after = draggedWindow(WINDOW, SIZE, { xPx: 300 }, { xPx: 40, yPx: 5 });
    expect(after.endNs - after.startNs).toBe(100_000_000_000n);
  });
});

describe('a wheel turn', () => {
  const plain = { deltaX: 0, deltaY: 100, deltaMode: 0, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }; // prettier-ignore

  test('scrolls rows, with Mod changes their number, with Shift the gain, with Alt the time', () => {
    expect(wheelAct(plain)).toEqual({ kind: 'rows', px: 100 });
    expect(wheelAct({ ...plain, ctrlKey: true }).kind).toBe('count');
    expect(wheelAct({ ...plain, metaKey: true }).kind).toBe('count');
    expect(wheelAct({ ...plain, shiftKey: true }).kind).toBe('gain');
    expect(wheelAct({ ...plain, altKey: true }).kind).toBe('zoom');
  });

  test('away from the hand with Shift enlarges, also where the browser turns it sideways', () => {
    const act = wheelAct({ ...plain, deltaX: -100, deltaY: 0, shiftKey: true });
    expect(act.kind === 'gain' && act.factor > 1).toBe(true);
  });

  test('a pinch zooms the time', () => {
    expect(wheelAct({ ...plain, deltaY: -2.5, ctrlKey: true })).toMatchObject({ kind: 'zoom' });
  });

  test('sideways pans', () => {
    expect(wheelAct({ ...plain, deltaX: 120, deltaY: 3 })).toEqual({ kind: 'pan', px: 120 });
  });
});
