import { expect, test } from 'vitest';
import type { ExpectedGain, PickValue } from '../../../src/domain/evaluation/pickValue.ts';
import { foundSentence, gainSentence, valueReason, valueSentence } from './valueWords.ts';

const gain = (
  nextDecisions: number,
  nextWrong: number,
  decided = 0,
  foundWrong = 0,
): ExpectedGain => ({
  ...{ decisions: [0], wrong: [0], nextDecisions, nextWrong, decided, foundWrong },
});

test('the expected gain as a sentence', () => {
  expect(gainSentence(gain(20, 3.2))).toBe('The next 20 decisions are expected to find about 3 wrong picks.'); // prettier-ignore
  expect(gainSentence(gain(1, 0.6))).toBe('The next decision is expected to find about 1 wrong pick.'); // prettier-ignore
  expect(gainSentence(gain(12, 0.3))).toBe('The next 12 decisions are expected to find no wrong pick.'); // prettier-ignore
  expect(gainSentence(gain(0, 0))).toBe('No pick waits for review here.');
  expect(foundSentence(gain(0, 0, 40, 9))).toBe('9 of 40 decided so far were wrong.');
  expect(foundSentence(gain(0, 0))).toBe('Nothing decided yet.');
});

test('the strongest reasons lead', () => {
  const value: PickValue = {
    ...{ pickId: 1, value: 0.62, right: 0.4 },
    reasons: [
      { kind: 'conflict', degree: 1, text: 'another P 1.4 s later' },
      { kind: 'threshold', degree: 0.4, text: '0.06 above the threshold of 0.30' },
      { kind: 'novelty', degree: 0.2, text: 'none of the P picks decided' },
    ],
  };
  expect(valueReason(value)).toBe('conflict');
  expect(valueSentence(value)).toBe('another P 1.4 s later; 0.06 above the threshold of 0.30; value .62'); // prettier-ignore
});
