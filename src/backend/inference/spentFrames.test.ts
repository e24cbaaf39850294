import { expect, test } from 'vitest';
import { decode, encode } from '../../contract/codec.ts';
import { FrameReader } from './framedSocket.ts';
import { SpentFrames } from './spentFrames.ts';

test('memory given back holds the next frame that fits, also a shorter one', () => {
  const spent = new SpentFrames();
  const first = spent.take(100_000);
  expect(first.byteLength).toBeGreaterThanOrEqual(100_000);
  spent.give(first);
  expect(spent.take(first.byteLength + 1)).not.toBe(first);
  expect(spent.take(90_000)).toBe(first);
  expect(spent.take(90_000)).not.toBe(first);
});

test('a message is read as it was sent from memory that held a longer one', () => {
  const memory = new ArrayBuffer(1 << 16);
  const reader = new FrameReader(() => memory);
  const read: unknown[] = [];
  reader.onFrame = (frame) => read.push(structuredClone(decode(frame)));
  const messages = [{ values: new Float32Array(1000).fill(3) }, { values: Int32Array.of(1, 2) }];
  for (const message of messages) {
    const frame = new Uint8Array(encode(message));
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, frame.length, true);
    reader.take(length);
    reader.take(frame);
  }
  expect(read).toEqual(messages);
});
