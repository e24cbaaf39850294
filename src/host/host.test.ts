import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Handlers } from '../contract/api.ts';
import { encode } from '../contract/codec.ts';
import { Client } from '../contract/rpc.ts';
import { serve } from '../contract/serve.ts';
import { MAX_REQUEST_BYTES } from '../contract/transport.ts';
import { webSocketTransport } from '../contract/webSocketTransport.ts';
import { type Host, startHost } from './host.ts';

let folder: string;
let host: Host;
const handlers = { 'job.list': async () => [] } as unknown as Handlers;
const backend = {
  connect: (transport: Parameters<typeof serve>[0], options: { token: string }) =>
    serve(transport, handlers, options),
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'onset-host-'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Onset</title>');
  writeFileSync(join(folder, 'page', 'assets', 'main-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'page', 'linked.txt'));
  host = await startHost(backend, { pageFolder: join(folder, 'page') });
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

async function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port: host.port, path, ...options });
  sent.end();
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Bytes as no HTTP library would send them. */
async function askRaw(lines: readonly string[]): Promise<string> {
  const socket = connect(host.port, '127.0.0.1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
  return text(socket);
}

const ownOrigin = (): string => `http://127.0.0.1:${host.port}`;

function openSocket(options: { path?: string; headers?: Record<string, string> } = {}): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${host.port}${options.path ?? '/socket'}`, {
    perMessageDeflate: true,
    headers: { Origin: ownOrigin(), ...options.headers },
  });
}

async function outcome(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.terminate();
      resolve('open');
    });
    socket.on('unexpected-response', (_, response) => {
      resolve(String(response.statusCode));
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
}

describe('the files of the page', () => {
  test('come with their type, a strict policy and isolation', async () => {
    const { status, headers, body } = await ask('/');
    expect({ status, body }).toEqual({ status: 200, body: '<!doctype html><title>Onset</title>' });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${host.port};`);
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*|https?:/);
  });

  test('with a hash in the name are kept by the browser', async () => {
    const { headers } = await ask('/assets/main-1a2b.js?v=1');
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'max-age=31536000, immutable',
    });
  });

  test('can be asked for by HEAD, and by nothing else', async () => {
    expect(await ask('/index.html', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await ask('/', { method })).toMatchObject({ status: 405 });
    }
  });

  test.each([
    '/secret.txt',
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '//secret.txt',
    '/assets//main-1a2b.js',
    '/linked.txt',
    '/index.html%00.js',
    '/%ff',
    '/assets',
    '/assets/',
    '/__proto__',
    `/${'a'.repeat(5000)}`,
  ])('%s is not among them', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  test('an absolute address in the request line leads nowhere', async () => {
    const own = `Host: 127.0.0.1:${host.port}`;
    const answer = await askRaw([`GET file:///etc/passwd HTTP/1.1`, own, 'Connection: close']);
    expect(answer).toMatch(/^HTTP\/1\.1 404/);
  });
});

describe('who may ask', () => {
  test.each(['evil.example', 'evil.example:80', 'localhost.evil.example', '127.0.0.1', '0.0.0.0'])(
    'the Host %s is refused, for a file and for the pipe',
    async (name) => {
      const named = name.includes(':') || name === '127.0.0.1' ? name : `${name}:${host.port}`;
      expect(await ask('/', { headers: { Host: named } })).toMatchObject({ status: 403 });
      expect(await outcome(openSocket({ headers: { Host: named } }))).toBe('403');
    },
  );

  test('a request without Host is refused', async () => {
    expect(await askRaw(['GET / HTTP/1.0'])).toMatch(/^HTTP\/1\.1 403/);
  });

  test('localhost is this host too', async () => {
    const name = `localhost:${host.port}`;
    expect(await ask('/', { headers: { Host: name } })).toMatchObject({ status: 200 });
    const headers = { Host: name, Origin: `http://${name}` };
    expect(await outcome(openSocket({ headers }))).toBe('open');
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', 'file://'])(
    'the Origin %s is refused, for a file and for the pipe',
    async (origin) => {
      expect(await ask('/', { headers: { Origin: origin } })).toMatchObject({ status: 403 });
      expect(await outcome(openSocket({ headers: { Origin: origin } }))).toBe('403');
    },
  );

  test('a pipe without Origin is refused, and any other place than its own', async () => {
    const bare = new WebSocket(`ws://127.0.0.1:${host.port}/socket`);
    expect(await outcome(bare)).toBe('403');
    expect(await outcome(openSocket({ path: '/' }))).toBe('404');
    expect(await outcome(openSocket({ path: '/socket/..' }))).toBe('404');
  });

  test('it listens on the loopback address only', () => {
    expect(host.url).toBe(`http://127.0.0.1:${host.port}/#token=${host.token}`);
    expect(host.token).toMatch(/^[\w-]{43}$/);
  });
});

describe('the pipe', () => {
  test('with the token leads to the backend, without compression', async () => {
    const socket = openSocket();
    const client = new Client(webSocketTransport(socket), { token: host.token });
    await client.ready();
    expect(await client.call('job.list', {})).toEqual([]);
    expect(socket.extensions).toBe('');
    client.close();
  });

  test.each(['', 'guessed'])('with the token "%s" is refused and cut off', async (token) => {
    const socket = openSocket();
    const closed = once(socket, 'close');
    const client = new Client(webSocketTransport(socket), { token });
    await expect(client.ready()).rejects.toMatchObject({ code: 'bad-input' });
    await closed;
  });

  test('the token is wanted as the first message', async () => {
    const socket = openSocket();
    await once(socket, 'open');
    const answers: Buffer[] = [];
    socket.on('message', (data: Buffer) => answers.push(data));
    socket.send(new Uint8Array(encode({ t: 'call', id: 1, name: 'job.list', args: {} })));
    await once(socket, 'close');
    expect(answers.map(String).join()).not.toContain('"t":"reply"');
  });

  test.each([
    ['a text', 'hello'],
    ['a frame above the limit', Buffer.alloc(MAX_REQUEST_BYTES + 1)],
    ['bytes that are no frame', Buffer.from([255, 255, 255, 255, 1])],
  ])('%s closes it, and only it', async (_, data) => {
    const socket = openSocket();
    await once(socket, 'open');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.send(data);
    await closed;
    expect(await ask('/')).toMatchObject({ status: 200 });
  });
});

test('a port that is taken is said with what to do', async () => {
  const options = { port: host.port, pageFolder: join(folder, 'page') };
  await expect(startHost(backend, options)).rejects.toMatchObject({
    code: 'service',
    message: `port ${host.port} is in use; give another with --port, or 0 for any free one`,
  });
});
