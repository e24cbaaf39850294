import { describe, expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../../src/base/time.ts';
import type { DetectorTrace } from '../../../src/contract/messages/detector.ts';
import { recordingPen } from '../recordingContext.ts';
import { largestOf, paintDetector, traceHeightPx } from './detector.ts';

const START = epochNs(1_700_000_000_000_000_000n);
const at = (seconds: number) => addSeconds(START, seconds);
const box = {
  window: { startNs: START, endNs: at(100) },
  ...{ top: 10, height: 60, scaleTop: 8, onLevel: 4, offLevel: 1, unit: 'ratio', named: true },
};
const part = {
  ...({ kind: 'bins', startNs: START, stepS: 10, offset: 1 } as const),
  values: Float32Array.from({ length: 20 }, (_, i) => (i === 11 ? 5 : 0)),
};
const trace = (kept: boolean): DetectorTrace => ({
  ...{ streamKey: 'XX.A..HHZ', state: 'complete', reason: undefined, parts: [part] },
  triggers: [
    { onNs: at(50), offNs: at(60), peak: 6, kept, onsets: [{ phase: 'P', time: at(49) }] },
  ],
});

function drawn(row: Partial<typeof box> = {}, kept = true) {
  const { pen, drawn: all } = recordingPen();
  paintDetector(pen, trace(kept), { ...box, ...row });
  const texts = all.flatMap(({ text }) => text ?? []);
  return { all, texts, widthPx: pen.widthPx };
}

describe('a detector under its trace', () => {
  test('the function has a lane where rows are high, and none of the trace where they are low', () => {
    expect(traceHeightPx(60)).toBe(35);
    expect(traceHeightPx(20)).toBe(20);
  });

  test('the largest value is that of maxima, with the offset', () => {
    expect(largestOf([part])).toBe(6);
    expect(largestOf([{ ...part, kind: 'samples', values: Float32Array.of(2, -9) }])).toBe(3);
    expect(largestOf([])).toBe(0);
  });

  test('scale and levels are named with their unit once', () => {
    expect(drawn({ height: 160 }).texts).toEqual(['8 ratio', 'on 4', 'off 1']);
    // Close levels share a line.
    expect(drawn().texts).toEqual(['8 ratio', 'on 4, off 1']);
    expect(drawn({ named: false }).texts).toEqual([]);
  });

  test('a trigger is a span in the hue of its phase, its onset a line; one alone is an outline', () => {
    const { all, widthPx } = drawn();
    const band = all.find(({ colour }) => colour === 'phase-p-band');
    expect(band?.box).toEqual([0.5 * widthPx, 11, 0.1 * widthPx, 59]);
    expect(all.some(({ colour }) => colour === 'phase-p')).toBe(true);
    const alone = drawn({}, false).all.map(({ colour }) => colour);
    expect(alone.some((colour) => colour.startsWith('phase-p'))).toBe(false);
  });
});
