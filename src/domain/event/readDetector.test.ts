import { describe, expect, test } from 'vitest';
import { checkDetector, DEFAULT_DETECTOR, DETECTOR_KINDS, detectorId } from './detectorSettings.ts';
import { readDetector } from './readDetector.ts';

describe('settings of a detector', () => {
  test('what is left out is the kind’s own', () => {
    expect(readDetector({})).toEqual(DEFAULT_DETECTOR);
    const delayed = readDetector({ kind: 'delayed', shortS: 1, band: null });
    expect(delayed).toMatchObject({ kind: 'delayed', shortS: 1, onLevel: 5, band: undefined });
  });

  test('every kind can be read and has a name in the catalog', () => {
    for (const kind of DETECTOR_KINDS) expect(readDetector({ kind }).kind).toBe(kind);
    expect(detectorId('delayed')).toBe('sta-lta');
    expect(detectorId('ar')).toBe('ar-picker');
  });

  test.each([
    [{ shortS: 10, longS: 10 }, /has to be shorter/],
    [{ onLevel: 2, offLevel: 3 }, /off level 3 is above the on level 2/],
    [{ offLevel: 0 }, /the off level is 0/],
    [{ band: { lowHz: 5, highHz: 2 } }, /low corner 5 Hz is not below/],
    [{ band: { lowHz: 5, zeroPhase: true } }, /causal filter/],
    [{ kind: 'ar', components: 'all' }, /begins at the vertical/],
    [{ phase: ' ' }, /phase name/],
    [{ minimumDurationS: 5, longestS: 2 }, /longest trigger/],
    [{ coincidence: { leastSum: 0 } }, /least number of stations/],
    [{ refinement: { method: 'aic', beforeS: 0 } }, /before the trigger/],
    [{ window: 3 }, /window is not known/],
    [{ kind: 'sta' }, /kind must be classic or recursive/],
  ])('%j is refused in words', (json, words) => {
    expect(() => readDetector(json)).toThrow(words);
  });

  test('a window that is no number is refused', () => {
    expect(() => checkDetector({ ...DEFAULT_DETECTOR, longS: NaN })).toThrow(/long window is NaN/);
  });
});
