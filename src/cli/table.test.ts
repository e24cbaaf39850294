import { expect, test } from 'vitest';
import { textTable } from './table.ts';

test('columns line up, numbers to the right, no blanks at the end', () => {
  const rows = [
    ['UW.HANS..HHZ', '720000', 'int32'],
    ['X.Y..Z', '8', ''],
  ];
  expect(textTable(['stream', 'samples', 'type'], rows, new Set(['samples']))).toBe(
    [
      'stream        samples  type',
      'UW.HANS..HHZ   720000  int32',
      'X.Y..Z              8',
      '',
    ].join('\n'),
  );
});
