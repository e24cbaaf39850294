import { expect, test } from 'vitest';
import { release } from './release.ts';

test('empties all views of a buffer, once', () => {
  const samples = new Int32Array(4).fill(7);
  const part = samples.subarray(1, 3);
  release([part, samples]);
  expect([samples.length, part.length, samples.buffer.detached]).toEqual([0, 0, true]);
});

test('leaves shared memory and other buffers alone', () => {
  const shared = new Float32Array(new SharedArrayBuffer(8)).fill(1);
  const other = new Float32Array(2).fill(2);
  release([shared, new Float64Array(3)]);
  expect([[...shared], [...other]]).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
