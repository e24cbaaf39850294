import { expect, test } from 'vitest';
import { instrumentWords } from './instrumentWords.ts';

test('names the instrument where a station has more than one', () => {
  const keys = ['UW.HANS..HHZ', 'UW.HANS..HHN', 'UW.HANS..ENZ', 'UW.PAT2..EHZ', 'XX.HANS..HHZ'];
  expect([...instrumentWords(keys)]).toEqual([
    ['UW.HANS..HH', 'HH'],
    ['UW.HANS..EN', 'EN'],
  ]);
});

test('names the location where the instrument code does not tell them apart', () => {
  expect([...instrumentWords(['IU.ANMO.00.BHZ', 'IU.ANMO.10.BHZ', 'IU.ANMO.10.LHZ'])]).toEqual([
    ['IU.ANMO.00.BH', '00 BH'],
    ['IU.ANMO.10.BH', '10 BH'],
    ['IU.ANMO.10.LH', '10 LH'],
  ]);
});
