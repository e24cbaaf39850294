import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeZip } from '../../../test/conformance/weightsZip.ts';
import { looksLikeZip, openZip, type Inflate } from './zip.ts';

const first = { name: 'root/data.pkl', bytes: Uint8Array.of(1, 2, 3) };
const second = { name: 'root/data/0', bytes: new Uint8Array(70).fill(9) };
const inflate: Inflate = (packed) => new Uint8Array(inflateRawSync(packed));

describe('zip', () => {
  test.each([false, true])('stored files are read by name, zip64 %s', (zip64) => {
    const bytes = writeZip([first, second], zip64);
    const zip = openZip(bytes, 'a.zip');
    expect(looksLikeZip(bytes)).toBe(true);
    expect(zip.names).toEqual([first.name, second.name]);
    expect(zip.read(first.name)).toEqual(first.bytes);
    expect(zip.read(second.name)).toEqual(second.bytes);
    expect(() => zip.read('root/other')).toThrow('a.zip holds no file root/other');
  });

  test('packed files are unpacked by the function given, and refused without one', () => {
    const packed = new Uint8Array(deflateRawSync(second.bytes));
    const bytes = writeZip([{ name: 'a', bytes: packed, unpackedBytes: 70 }]);
    expect(openZip(bytes, 'a.zip', inflate).read('a')).toEqual(second.bytes);
    expect(() => openZip(bytes, 'a.zip').read('a')).toThrow('packed with method 8');
    const wrong = writeZip([{ name: 'a', bytes: packed, unpackedBytes: 71 }]);
    expect(() => openZip(wrong, 'a.zip', inflate).read('a')).toThrow('unpacks to a wrong size');
  });

  test('encrypted files are refused', () => {
    const zip = openZip(writeZip([{ ...first, flags: 1 }]), 'a.zip');
    expect(() => zip.read(first.name)).toThrow('it is encrypted');
  });

  test('every truncation and foreign bytes end in a sentence, never in a crash', () => {
    const bytes = writeZip([first, second], true);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => openZip(bytes.subarray(0, length), 'a.zip')).toThrow('a.zip cannot be read');
    }
    expect(() => openZip(new Uint8Array(400).fill(0x50), 'a.zip')).toThrow('its directory');
  });

  test('an archive whose front is cut away is damaged', () => {
    const bytes = writeZip([first, second]);
    expect(() => openZip(bytes.subarray(5), 'a.zip')).toThrow('a.zip cannot be read');
    const broken = bytes.slice();
    broken[0] = 0;
    expect(() => openZip(broken, 'a.zip').read(first.name)).toThrow('its header is broken');
  });
});
