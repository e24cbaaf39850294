import { expect, test } from 'vitest';
import { StackKernel } from './stackKernel.ts';

function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return (state / 2 ** 31) ** 3;
  });
}

test('sums and means are those of plain additions, bit by bit', () => {
  const kernel = new StackKernel();
  for (const [count, to, at] of [
    [3001, 5, 2],
    [3000, 0, 0],
    [7, 1, 3],
    [3, 0, 1],
  ] as const) {
    const factors = noise(count + to + 2, 9);
    const { answers, sums, inverse } = kernel.hold(factors, 2, count + at);
    const plain = new Float32Array(count + to + 2);
    for (let round = 1; round <= 3; round += 1) {
      answers.set(noise(count + at, round));
      expect(kernel.add(answers, at, count, sums[1]!, to)).toBe(false);
      for (let i = 0; i < count; i += 1) plain[to + i]! += answers[at + i]!;
    }
    kernel.scale(sums[1]!, inverse);
    expect(sums[1]).toEqual(plain.map((value, i) => value * factors[i]!));
    expect(sums[0]!.every((value) => value === 0)).toBe(true);
  }
});

test.each([0, 3, 4, 20, 22])('not-a-number at %i is told and not added', (hole) => {
  const kernel = new StackKernel();
  const { answers, sums } = kernel.hold(new Float32Array(23), 1, 23);
  answers.fill(1);
  kernel.add(answers, 0, 23, sums[0]!, 0);
  answers[hole] = NaN;
  expect(kernel.add(answers, 0, 23, sums[0]!, 0)).toBe(true);
  expect([...sums[0]!]).toEqual(Array.from({ length: 23 }, (_, i) => (i === hole ? 1 : 2)));
  expect(kernel.add(sums[0]!, 0, 23, sums[0]!, 0)).toBe(false);
});

test('the first value at or above a level is found wherever it lies', () => {
  const kernel = new StackKernel();
  const [values] = kernel.hold(new Float32Array(41), 1, 0).sums as [Float32Array];
  for (let at = 0; at < 41; at += 1) {
    values.fill(0.1).fill(NaN, 0, 2);
    values[at] = 0.3;
    for (const from of [0, 1, 5, 37, 40]) {
      for (const to of [38, 40, 41]) {
        if (from > to) continue;
        expect(kernel.firstFrom(values, from, to, 0.2)).toBe(at >= from && at < to ? at : to);
      }
    }
    // The float nearest to 0.3 is above it, that of 0.7 below.
    expect(kernel.firstFrom(values, at, 41, 0.3)).toBe(at);
    values[at] = 0.7;
    expect(kernel.firstFrom(values, at, at + 1, 0.7)).toBe(at + 1);
  }
});
