import { expect, test } from 'vitest';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { LONG_WINDOWS, WHOLE_RECORDS } from '../../models/presets.ts';
import { offsetOf } from './openMembers.ts';

const spec = { id: 'net', windowSamples: 3001, anyLength: true, output: { kind: 'samples' } };
const model = { spec } as unknown as RunnableModel;
const offsets = (settings: Partial<RunSettings>, shifts: number): number[] =>
  Array.from({ length: shifts }, (_, shift) =>
    offsetOf(model, { ...settings } as RunSettings, shift, shifts),
  );

test('windows begin at places spread evenly from one to the next', () => {
  expect(offsets({ overlap: 1501 }, 3)).toEqual([0, 500, 1000]);
  expect(() => offsets({ overlap: 2999 }, 3)).toThrow(/every 2 samples .* 3 different offsets/);
});

test('where one window may be a whole record, no member begins after its end', () => {
  for (const settings of [LONG_WINDOWS, WHOLE_RECORDS]) {
    expect(offsets(settings, 3)).toEqual([0, 1000, 2001]);
  }
});
