import { describe, expect, test } from 'vitest';
import { writeNpy } from './writeNpy.ts';

describe('writeNpy', () => {
  test('writes what NumPy 2.4 writes', () => {
    const file = writeNpy(Float32Array.of(1, -2, 0.5, 3, 4, 5), [2, 3]);
    const header =
      "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    expect(Buffer.from(file).toString('latin1', 0, 128)).toBe(`${header.padEnd(127)}\n`);
    const values = new Float32Array(file.buffer.slice(128));
    expect([...values]).toEqual([1, -2, 0.5, 3, 4, 5]);
  });

  test('names a single axis with its comma and refuses a wrong shape', () => {
    expect(Buffer.from(writeNpy(Float32Array.of(7), [1])).toString('latin1')).toContain('(1,), }');
    expect(() => writeNpy(Float32Array.of(7), [2, 3])).toThrow('2 × 3');
  });
});
