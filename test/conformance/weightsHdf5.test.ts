// The HDF5 reader against h5py's listing of ten makers' files (../shared/golden/formats-das): old and new groups,
// superblocks 0 and 3, contiguous and chunked data, fixed arrays, big- and little-endian numbers.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openHdf5 } from '../../src/formats/hdf5/hdf5.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { sharedFile, sharedJson } from './weightsGolden.ts';

type Listed = number | string;
interface ListedObject {
  readonly path: string;
  readonly shape?: readonly number[];
  readonly first?: readonly Listed[];
  readonly last?: readonly Listed[];
  readonly sum?: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}
interface DasCase {
  readonly id: string;
  readonly outputs: { readonly hdf5?: readonly ListedObject[] };
}

const cases = sharedDir()
  ? (sharedJson('golden/formats-das/manifest.json') as { cases: DasCase[] }).cases
  : [];
const listed = cases.filter(({ outputs }) => outputs.hdf5 !== undefined);
const inflate = (packed: Uint8Array) => new Uint8Array(inflateRawSync(packed));
const written = (values: ArrayLike<number>) =>
  Array.from(values, (value): Listed => (Number.isFinite(value) ? value : String(value)));

/** h5py's words for what JSON and HDF5 have no number for. */
const plain = (value: unknown) =>
  typeof value === 'boolean'
    ? Number(value)
    : typeof value === 'number'
      ? written([value])[0]
      : value;

describe.skipIf(!sharedDir())('HDF5' + sharedNote, () => {
  test.each(listed)('$id', ({ id, outputs }) => {
    const root = openHdf5(sharedFile(`data/${id}`), id, inflate);
    let compared = 0;
    for (const { path: name, shape, first, last, sum = 0, attributes } of outputs.hdf5 ?? []) {
      const object = name === '/' ? root : root.at(name);
      expect(object, name).toBeDefined();
      const found = object!.attributes();
      expect([...found.keys()].toSorted(), name).toEqual(Object.keys(attributes).toSorted());
      for (const [key, value] of Object.entries(attributes)) {
        const ours = found.get(key);
        if (ours === undefined || typeof value === 'object') continue;
        if (String(value).startsWith('Empty(')) {
          expect(ours, `${name} ${key}`).toEqual([]);
          continue;
        }
        expect(ours.map(plain), `${name} ${key}`).toEqual([plain(value)]);
        compared += 1;
      }
      if (shape === undefined || first === undefined || last === undefined) continue;
      const numbers = object!.numbers()!;
      expect(numbers.shape, name).toEqual(shape);
      expect(written(numbers.values.slice(0, first.length)), name).toEqual(first);
      expect(written(numbers.values.slice(-last.length)), name).toEqual(last);
      const finite = numbers.values.filter(Number.isFinite);
      const size = finite.reduce((total, value) => total + Math.abs(value), 0);
      const ours = finite.reduce((total, value) => total + value, 0);
      expect(Math.abs(ours - sum), name).toBeLessThanOrEqual(1e-9 * size);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(1);
  });

  test('packed and shuffled chunks', () => {
    const file = 'data/arces/3cbeam_2022_beams.hdf5';
    const { shape, values } = openHdf5(sharedFile(file), file, inflate).at('X')!.numbers()!;
    expect(shape).toEqual([10, 21600, 3]);
    expect(values.some((value) => value !== 0)).toBe(true);
    expect(() => openHdf5(sharedFile(file), file).at('X')!.numbers()).toThrow('packed with filter');
  });

  test('a file cut anywhere ends in a sentence, never in a crash', () => {
    const bytes = new Uint8Array(
      readFileSync(path.join(sharedDir()!, 'data/das/terra15_v5_test_file.hdf5')),
    );
    const whole = openHdf5(bytes, 'cut.h5').at('data_product/data')!.numbers();
    let refused = 0;
    for (let length = 0; length < bytes.length; length += 4999) {
      try {
        const data = openHdf5(bytes.slice(0, length), 'cut.h5').at('data_product/data')!.numbers();
        expect(data).toEqual(whole);
      } catch (error) {
        expect(error).toMatchObject({ code: 'unreadable-file' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(200);
  });
});
