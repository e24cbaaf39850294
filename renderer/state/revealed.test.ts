import { describe, expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import { revealed } from './revealed.ts';

const at = (seconds: number) => epochNs(BigInt(seconds) * 1_000_000_000n);
const window = (from: number, to: number) => ({ startNs: at(from), endNs: at(to) });
const share = 0.35;

describe('bringing a time into view', () => {
  test('changes nothing when it is comfortably in view', () => {
    const before = window(100, 200);
    expect(revealed(before, at(110), { share, span: undefined })).toBe(before);
    expect(revealed(before, at(190), { share, span: window(0, 1000) })).toBe(before);
  });

  test('puts it at a share of the width and keeps the length', () => {
    expect(revealed(window(100, 200), at(500), { share, span: window(0, 1000) })).toEqual(
      window(465, 565),
    );
  });

  test('stays on the data at both ends', () => {
    expect(revealed(window(100, 200), at(5), { share, span: window(0, 1000) })).toEqual(
      window(0, 100),
    );
    expect(revealed(window(100, 200), at(995), { share, span: window(0, 1000) })).toEqual(
      window(900, 1000),
    );
  });

  test('leaves a window that holds all data where it is', () => {
    const all = window(0, 1000);
    expect(revealed(all, at(20), { share, span: all })).toBe(all);
    const wider = revealed(window(-200, 1300), at(-100), { share, span: window(0, 1000) });
    expect(Number(wider.endNs - wider.startNs)).toBe(1500e9);
    expect(wider.startNs <= at(-100) && wider.endNs >= at(1000)).toBe(true);
  });

  test('goes to a pick that lies outside the data', () => {
    expect(revealed(window(0, 100), at(5000), { share, span: window(0, 1000) })).toEqual(
      window(4965, 5065),
    );
  });
});
