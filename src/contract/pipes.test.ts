// One suite over every pipe: what holds for one holds for all.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { AppError } from '../base/appError.ts';
import type { CallName, Handlers } from './api.ts';
import type { PickQuery } from '../domain/event/pickQuery.ts';
import { encode } from './codec.ts';
import { memoryTransportPair } from './memoryTransport.ts';
import { messagePortTransport } from './messagePortTransport.ts';
import { Client } from './rpc.ts';
import { type Connection, serve, type ServeOptions } from './serve.ts';
import { MAX_REQUEST_BYTES, type Transport } from './transport.ts';
import { webSocketTransport } from './webSocketTransport.ts';

interface Pipe {
  client: Transport;
  server: Transport;
  dispose(): Promise<void>;
}

async function portPipe(): Promise<Pipe> {
  const { port1, port2 } = new MessageChannel();
  return {
    client: messagePortTransport(port1),
    server: messagePortTransport(port2),
    dispose: async () => port1.close(),
  };
}

async function socketPipe(): Promise<Pipe> {
  const listening = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const client = webSocketTransport(new WebSocket(`ws://127.0.0.1:${port}`));
  const [socket] = (await once(listening, 'connection')) as [WebSocket];
  return {
    client,
    server: webSocketTransport(socket),
    dispose: async () => {
      for (const open of listening.clients) open.terminate();
      listening.close();
      await once(listening, 'close');
    },
  };
}

async function memoryPipe(): Promise<Pipe> {
  const [client, server] = memoryTransportPair();
  return { client, server, dispose: async () => client.close?.() };
}

const samples = Float32Array.from({ length: 100_000 }, (_, i) => i / 3);
let aborted: string[] = [];
let started: PromiseWithResolvers<void>;

/** Some calls of the contract with answers that show what the pipe did. */
const handlers = {
  'catalog.listPicks': async (query: PickQuery) => ({ echo: query, samples }),
  'job.cancel': async () => undefined,
  'catalog.undo': async () => {
    throw new AppError('read-only', 'port.onset is open elsewhere; close it there');
  },
  'catalog.redo': async () => {
    throw new TypeError('a programming mistake');
  },
  'model.list': async () => new Map(),
  'source.rescan': (_: unknown, signal: AbortSignal) =>
    new Promise((_resolve, reject) => {
      started.resolve();
      signal.addEventListener('abort', () => {
        aborted.push('source.rescan');
        reject(new Error('stopped'));
      });
    }),
} as unknown as Handlers;

const rejection = async (promise: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await promise.then(
    () => new Error('it was fulfilled'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error;
  return error;
};

describe.each([
  ['a MessagePort', portPipe],
  ['a WebSocket', socketPipe],
  ['memory', memoryPipe],
])('over %s', (_, makePipe) => {
  const pipes: Pipe[] = [];
  let pipe: Pipe;

  async function freshPipe(): Promise<Pipe> {
    const made = await makePipe();
    pipes.push(made);
    return made;
  }
  const connect = (options: ServeOptions = {}): { client: Client; connection: Connection } => {
    const connection = serve(pipe.server, handlers, options);
    return { client: new Client(pipe.client, { token: 'secret' }), connection };
  };

  beforeEach(async () => {
    aborted = [];
    started = Promise.withResolvers();
    pipe = await freshPipe();
  });
  afterEach(async () => {
    for (const made of pipes.splice(0)) await made.dispose();
  });

  test('a call brings arrays and int64 times there and back', async () => {
    const { client } = connect();
    const window = { startNs: 1_696_818_077_400_000_001n, endNs: -5n } as never;
    expect(await client.call('catalog.listPicks', { window, probabilityFrom: NaN })).toStrictEqual({
      echo: { window, probabilityFrom: NaN },
      samples,
    });
  });

  test('a call without an answer answers undefined', async () => {
    const { client } = connect();
    expect(await client.call('job.cancel', { jobId: 'a' })).toBeUndefined();
  });

  test('an expected failure keeps its code and its sentence', async () => {
    const { client } = connect();
    expect(await rejection(client.call('catalog.undo', {}))).toMatchObject({
      code: 'read-only',
      message: 'port.onset is open elsewhere; close it there',
    });
  });

  test('an unexpected one, and an answer that cannot cross, is called a bug', async () => {
    const { client } = connect();
    expect(await rejection(client.call('catalog.redo', {}))).toMatchObject({ code: 'bug' });
    expect(await rejection(client.call('model.list', {}))).toMatchObject({
      code: 'bug',
      message: 'a Map cannot cross the boundary',
    });
  });

  test.each(['catalog.nonsense', 'toString', '__proto__'])(
    'the unknown call %s is refused, the pipe stays open',
    async (name) => {
      const { client } = connect();
      expect(await rejection(client.call(name as CallName, {} as never))).toMatchObject({
        code: 'bad-input',
        message: `there is no call named ${name}`,
      });
      expect(await client.call('job.cancel', { jobId: 'a' })).toBeUndefined();
    },
  );

  test('a call cancelled beforehand is not sent', async () => {
    const { client } = connect();
    const signal = AbortSignal.abort();
    expect(await rejection(client.call('source.rescan', {}, { signal }))).toMatchObject({
      code: 'cancelled',
    });
    await client.call('job.cancel', { jobId: 'a' });
    expect(aborted).toEqual([]);
  });

  test('a call cancelled on the way ends at once here and is aborted there', async () => {
    const { client } = connect();
    const controller = new AbortController();
    const call = client.call('source.rescan', {}, { signal: controller.signal });
    await started.promise;
    controller.abort();
    expect(await rejection(call)).toMatchObject({ code: 'cancelled' });
    await client.call('job.cancel', { jobId: 'a' });
    expect(aborted).toEqual(['source.rescan']);
  });

  test('events reach those that listen, in order, until they stop', async () => {
    const { client, connection } = connect();
    await client.ready();
    const heard: number[] = [];
    const stop = client.on('source.changed', ({ revision }) => heard.push(revision));
    connection.emit('source.changed', { revision: 1 });
    connection.emit('source.changed', { revision: 2 });
    await client.call('job.cancel', { jobId: 'a' });
    stop();
    connection.emit('source.changed', { revision: 3 });
    await client.call('job.cancel', { jobId: 'a' });
    expect(heard).toEqual([1, 2]);
  });

  test('what is pending fails when the backend goes, and every later call too', async () => {
    const { client, connection } = connect();
    const reasons: string[] = [];
    client.onLost(({ message }) => reasons.push(message));
    const call = client.call('source.rescan', {});
    await started.promise;
    connection.close();
    expect(await rejection(call)).toMatchObject({ code: 'service' });
    expect(await rejection(client.call('job.cancel', { jobId: 'a' }))).toMatchObject({
      code: 'service',
    });
    expect(reasons).toEqual(['the backend closed the connection']);
    connection.emit('source.changed', { revision: 1 });
  });

  test('what a page had running is aborted when the page goes', async () => {
    const { client } = connect();
    const call = client.call('source.rescan', {});
    await started.promise;
    client.close();
    expect(await rejection(call)).toMatchObject({ code: 'service' });
    await vi.waitFor(() => expect(aborted).toEqual(['source.rescan']));
  });

  test('the right token is let in', async () => {
    const { client } = connect({ token: 'secret' });
    await expect(client.ready()).resolves.toBeUndefined();
  });

  test.each(['', 'secreT', 'secret1'])(
    'the wrong token "%s" is told so and cut off',
    async (token) => {
      serve(pipe.server, handlers, { token: 'secret' });
      const client = new Client(pipe.client, { token });
      const call = client.call('source.rescan', {});
      expect(await rejection(client.ready())).toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('the address is out of date'),
      });
      expect(await rejection(call)).toMatchObject({ code: 'bad-input' });
    },
  );

  test.each([
    ['a call before the greeting', encode({ t: 'call', id: 1, name: 'catalog.undo', args: {} })],
    ['a frame of no kind', encode({ t: 'nothing' })],
    ['a frame that is none', new ArrayBuffer(5)],
    ['a frame that is too large', new ArrayBuffer(MAX_REQUEST_BYTES + 8)],
    ['another version', encode({ t: 'hello', version: 99, token: 'secret', seen: {} })],
    ['a greeting without token', encode({ t: 'hello', version: 1, seen: {} })],
  ])('%s is refused and the pipe closed', async (__, frame) => {
    const closed = Promise.withResolvers<void>();
    serve(pipe.server, handlers, { token: 'secret' });
    pipe.client.onFrame(() => undefined);
    pipe.client.onClose(() => closed.resolve());
    pipe.client.send(frame);
    await closed.promise;
    expect(aborted).toEqual([]);
  });

  test('a client that never greets is cut off', async () => {
    const closed = Promise.withResolvers<void>();
    serve(pipe.server, handlers, { helloTimeoutMs: 20 });
    pipe.client.onClose(() => closed.resolve());
    await closed.promise;
  });

  test('no event is sent to a client that has not been let in', async () => {
    const connection = serve(pipe.server, handlers, { token: 'secret' });
    const frames: ArrayBuffer[] = [];
    const closed = Promise.withResolvers<void>();
    pipe.client.onFrame((frame) => frames.push(frame));
    pipe.client.onClose(() => closed.resolve());
    connection.emit('source.changed', { revision: 1 });
    pipe.client.send(encode({ t: 'hello', version: 1, token: 'wrong', seen: {} }));
    await closed.promise;
    expect(frames).toHaveLength(1);
  });

  test('a client that comes back says what it has seen and is sent what it missed', async () => {
    const asked: unknown[] = [];
    const greeting: NonNullable<ServeOptions['greeting']> = ({ seen, instance }) => {
      asked.push({ seen, instance });
      return instance === undefined ? [] : [{ name: 'source.changed', payload: { revision: 9 } }];
    };
    const { client, connection } = connect({ instance: 'first', greeting });
    await client.ready();
    const heard: number[] = [];
    client.on('source.changed', ({ revision }) => heard.push(revision));
    connection.emit('source.changed', { revision: 4 });
    await client.call('job.cancel', { jobId: 'a' });
    const lost = new Promise((resolve) => client.onLost(resolve));
    connection.close();
    await lost;

    const again = await freshPipe();
    serve(again.server, handlers, { instance: 'first', greeting });
    await client.connect(again.client);
    await client.call('job.cancel', { jobId: 'a' });
    const other = await freshPipe();
    serve(other.server, handlers, { instance: 'second', greeting });
    await client.connect(other.client);
    await client.call('job.cancel', { jobId: 'a' });

    expect(heard).toEqual([4, 9, 9]);
    expect(asked).toEqual([
      { seen: {}, instance: undefined },
      { seen: { 'source.changed': 4 }, instance: 'first' },
      { seen: { 'source.changed': 9 }, instance: 'first' },
    ]);
  });

  test('a request above the frame limit fails here and leaves the pipe open', async () => {
    const { client } = connect();
    const value = new Uint8Array(MAX_REQUEST_BYTES);
    const call = client.call('settings.save', { scope: 'user', key: 'big', value });
    expect(await rejection(call)).toMatchObject({ code: 'bad-input' });
    expect(await client.call('job.cancel', { jobId: 'a' })).toBeUndefined();
  });
});

describe('a reader that does not keep up', () => {
  test('is not sent more answers until its buffer has been emptied', async () => {
    const [client, server] = memoryTransportPair();
    let buffered = 100;
    const slow: Transport = { ...server, bufferedBytes: () => buffered };
    serve(slow, handlers, { fullBytes: 50 });
    const call = new Client(client).call('job.cancel', { jobId: 'a' });
    let answered = false;
    void call.then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(answered).toBe(false);
    buffered = 0;
    await call;
    expect(answered).toBe(true);
  });

  test('is cut off when events pile up, and may come back', async () => {
    const [client, server] = memoryTransportPair();
    let buffered = 0;
    const connection = serve({ ...server, bufferedBytes: () => buffered }, handlers);
    const page = new Client(client);
    await page.ready();
    const lost = new Promise((resolve) => page.onLost(resolve));
    buffered = 65 * 1024 * 1024;
    connection.emit('source.changed', { revision: 1 });
    await lost;
  });

  test('a real socket: many large answers arrive whole while memory stays bounded', async () => {
    const pipe = await socketPipe();
    let highest = 0;
    const watched: Transport = {
      ...pipe.server,
      send: (frame) => {
        pipe.server.send(frame);
        highest = Math.max(highest, pipe.server.bufferedBytes?.() ?? 0);
      },
    };
    const block = new Float64Array(131_072).fill(1.5);
    const big = { 'model.list': async () => [block] } as unknown as Handlers;
    serve(watched, big, { fullBytes: 2_000_000 });
    const page = new Client(pipe.client);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => page.call('model.list', {})),
    );
    expect(answers).toEqual(Array.from({ length: 40 }, () => [block]));
    expect(highest).toBeLessThan(5_000_000);
    await pipe.dispose();
  });
});
