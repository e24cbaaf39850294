import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { framedTransport } from './framedSocket.ts';

function piped(): { input: PassThrough; sent: Buffer[]; stream: Duplex } {
  const input = new PassThrough();
  const sent: Buffer[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk);
      done();
    },
  });
  input.on('data', (chunk: Buffer) => stream.push(chunk));
  input.on('end', () => stream.push(null));
  return { input, sent, stream };
}

const frame = (...bytes: number[]): ArrayBuffer => Uint8Array.from(bytes).buffer;

test('frames arrive whole, however they are cut on the way, an empty one too', async () => {
  const out = piped();
  const sender = framedTransport(out.stream);
  const frames = [frame(1, 2, 3), frame(), frame(9), frame(...Array(1000).keys())];
  for (const each of frames) sender.send(each);
  const bytes = Buffer.concat(out.sent);
  for (const step of [1, 3, 7, 5000]) {
    const { input, stream } = piped();
    const received: number[][] = [];
    const ended = new Promise<void>((resolve) => {
      const receiver = framedTransport(stream);
      receiver.onFrame((each) => received.push([...new Uint8Array(each)]));
      receiver.onClose(resolve);
    });
    for (let at = 0; at < bytes.length; at += step) input.write(bytes.subarray(at, at + step));
    input.end();
    await ended;
    expect(received).toEqual(frames.map((each) => [...new Uint8Array(each)]));
  }
});

test('the end is told once, also to who asks late; sends after it are dropped', async () => {
  const { stream, sent } = piped();
  const transport = framedTransport(stream);
  let told = 0;
  transport.onClose(() => (told += 1));
  const closed = new Promise((resolve) => stream.on('close', resolve));
  stream.destroy();
  await closed;
  transport.send(frame(1));
  expect([told, sent.length]).toEqual([1, 0]);
  transport.onClose(() => (told += 1));
  expect(told).toBe(2);
});
