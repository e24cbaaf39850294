import { expect, test } from 'vitest';
import { readRunOptions } from './runOptions.ts';
import { UsageError } from './usage.ts';

test('words for absent components, instruments and uncertainty become settings', () => {
  expect(readRunOptions({ absent: 'vertical', instruments: 'BEST', uncertainty: 'fit' })).toEqual({
    absentAs: 'vertical',
    instruments: 'best',
    uncertainty: 'normal fit',
  });
  expect(readRunOptions({ uncertainty: 'width' })).toEqual({ uncertainty: 'width' });
  expect(readRunOptions({})).toEqual({});
  for (const wrong of [{ absent: 'noise' }, { instruments: 'one' }, { uncertainty: 'normal' }]) {
    expect(() => readRunOptions(wrong)).toThrow(UsageError);
  }
});
