import { describe, expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import { matchParts, score } from './dialogs/paletteSearch.ts';
import { BINS, binOf, histogram } from './inspector/histogram.ts';
import * as words from './words.ts';

const pick: Pick = {
  id: 1,
  stream: { network: 'UW', station: 'HANS', location: '', channel: 'HHZ' },
  time: epochNs(1_696_818_077_400_000_000n),
  lowerUncertaintyS: 0.04,
  upperUncertaintyS: 0.09,
  phase: 'P',
  polarity: 'up',
  onset: 'impulsive',
  weight: 1,
  probability: 0.34,
  filter: undefined,
  state: 'automatic',
  author: 'mk',
  method: 'onset-1',
  runId: 1,
  eventId: undefined,
  createdNs: epochNs(0n),
  publicId: undefined,
};

describe('numbers in words', () => {
  test('probabilities lose their zero', () => {
    expect([0.71, 0.3, 1, 0, 0.998, undefined].map(words.probability)).toEqual(['.71', '.30', '1.00', '.00', '.998', '']); // prettier-ignore
  });
  test('signs are true ones and zero has none', () => {
    expect([-0.04, 0.4, -0.001].map((v) => words.signed(v))).toEqual(['−0.04', '+0.40', '0.00']);
  });
  test('a fitted normal curve is its mean and sigma with what they are sure of', () => {
    const fit = {
      ...{ scale: 0.8, meanS: -0.0031, sigmaS: 0.0412, samples: 43, residualL2: 0.2 },
      covariance: [0.01, 0.0004, 0.0004, 0, 0, 0],
    } as const;
    expect(words.fitWords(fit)).toBe('−3.1 ± 0.6 ms, sigma 41.2 ms');
    expect(words.fitWords({ ...fit, meanS: 0.002 })).toContain('+2.0 ± ');
    expect(words.fitDetail(fit).split('\n')).toHaveLength(5);
  });
  test('what makes a pick less sure is told of its method', () => {
    const method = 'onset-1 1.0, probability width exp(-1/2), N absent, resampled from 40 Hz, gap of 3.2 s on HHN, masked 0.05 s on HHZ, clipped on HHZ'; // prettier-ignore
    expect(words.pickWarnings({ ...pick, method })).toEqual(method.split(', ').slice(2));
    expect(words.pickWarnings(pick)).toEqual([]);
  });
  test('an uncertainty is one number when both sides agree', () => {
    expect(words.uncertainty(0.04, 0.09)).toBe('−0.04 / +0.09 s');
    expect(words.uncertainty(0.05, 0.05)).toBe('±0.05 s');
    expect(words.uncertainty(0.005, 0.005)).toBe('±0.005 s');
    expect(words.uncertainty(undefined, undefined)).toBe('not set');
  });
  test('durations have two parts at most', () => {
    expect([0.4, 9.96, 72, 192, 7500, 97_200].map(words.duration)).toEqual([
      '0.4 s',
      '10 s',
      '1 min 12 s',
      '3 min 12 s',
      '2 h 5 min',
      '1 d 3 h',
    ]);
  });
  test('decimals follow the sampling rate', () => {
    expect([1, 20, 100, 200, 1000].map(words.decimalsFor)).toEqual([0, 2, 2, 3, 3]);
  });
  test('thousands are parted by a thin space', () => {
    expect(words.count(1234567)).toBe('1\u2009234\u2009567');
    expect(words.counted(1, 'pick')).toBe('1 pick');
  });
});

describe('a pick in words', () => {
  test('shows onset, phase and polarity as its flag does', () => {
    expect(words.pickLabel(pick)).toBe('iP ▲');
  });
  test('says why it is in the queue', () => {
    expect(words.reason(pick, 0.3)).toBe('near .30');
    expect(words.reason({ ...pick, probability: 0.8 }, 0.3)).toBe('clear');
    expect(words.reason({ ...pick, state: 'confirmed' }, 0.3)).toBe('accepted');
    expect(words.shortReason(pick, 0.3)).toBe('near');
    expect(words.shortReason({ ...pick, state: 'rejected' }, 0.3)).toBe('rej.');
    expect(words.reasonSentence(pick, 0.3)).toBe('.04 above the threshold .30');
  });
  test('who picked is not said to have decided', () => {
    const sentence = (change: Partial<Pick>): string =>
      words.reasonSentence({ ...pick, author: 'onset-1', ...change }, 0.3);
    expect(sentence({ state: 'confirmed' })).toBe('accepted, picked by onset-1');
    expect(sentence({ state: 'manual', author: 'mk' })).toBe('changed by mk');
    const byHand = { state: 'manual', author: 'mk', runId: undefined } as const;
    expect(sentence(byHand)).toBe('picked by mk');
    expect(words.shortReason({ ...pick, ...byHand }, 0.3)).toBe('man.');
  });
});

describe('finding by a few letters', () => {
  test('the begin of a label beats the begin of a word beats the middle beats the detail', () => {
    const scores = ['Accept pick', 'Not accepted', 'Reaccept'].map((label) => score('acc', label, '')); // prettier-ignore
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(score('acc', 'Export', 'accept what is lost')).toBeGreaterThan(0);
    expect(score('acc xyz', 'Accept pick', '')).toBe(0);
  });
  test('underlines what was found', () => {
    expect(matchParts('acc ne', 'Accept and next')).toEqual([
      { text: 'Acc', hit: true },
      { text: 'ept and ', hit: false },
      { text: 'ne', hit: true },
      { text: 'xt', hit: false },
    ]);
  });
});

test('each probability has one bar, one included', () => {
  expect([0, 0.024, 0.025, 0.999, 1].map(binOf)).toEqual([0, 0, 1, BINS - 1, BINS - 1]);
  expect(histogram([0.1, 0.1, 1]).reduce((sum, n) => sum + n, 0)).toBe(3);
});
