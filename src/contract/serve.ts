// The backend's end of one pipe: answers calls, sends events, and does not run ahead of a slow reader.

import { AppError, messageOf } from '../base/appError.ts';
import type { EventName, Handlers, Payload } from './api.ts';
import { decode, encode } from './codec.ts';
import {
  type ClientFrame,
  equalInConstantTime,
  type Hello,
  parseClientFrame,
  PROTOCOL_VERSION,
  type ServerFrame,
} from './frames.ts';
import { MAX_REQUEST_BYTES, type Transport } from './transport.ts';

/** Above this nothing new is answered until the client has read. */
const FULL_BYTES = 16 * 1024 * 1024;
/** Above this a client that only collects events is cut off; it comes back and asks for what it missed. */
const STUCK_BYTES = 64 * 1024 * 1024;
const DRAIN_POLL_MS = 5;
const HELLO_TIMEOUT_MS = 10_000;

export type ServerEvent = { [N in EventName]: { name: N; payload: Payload<N> } }[EventName];

export interface ServeOptions {
  /** What `hello` must carry; undefined where the pipe itself proves who is at its end. */
  readonly token?: string | undefined;
  /** Names this run of the backend, so that a client notices that it speaks with another. */
  readonly instance?: string;
  /** What a client is told at once: what it missed, when its `instance` says that it comes back. */
  readonly greeting?: (hello: Hello) => readonly ServerEvent[];
  readonly helloTimeoutMs?: number;
  /** Called once the greeting was accepted. */
  readonly onOpen?: (() => void) | undefined;
  readonly fullBytes?: number;
}

export interface Connection {
  emit<N extends EventName>(name: N, payload: Payload<N>): void;
  close(): void;
}

/** Serves one client until its pipe closes; closing aborts what it had running. */
export function serve(
  transport: Transport,
  handlers: Handlers,
  options: ServeOptions = {},
): Connection {
  return new ServerConnection(transport, handlers, options);
}

class ServerConnection implements Connection {
  readonly #transport: Transport;
  readonly #handlers: Handlers;
  readonly #options: ServeOptions;
  readonly #running = new Map<number, AbortController>();
  readonly #helloTimer: unknown;
  #state: 'waiting' | 'open' | 'closed' = 'waiting';

  constructor(transport: Transport, handlers: Handlers, options: ServeOptions) {
    this.#transport = transport;
    this.#handlers = handlers;
    this.#options = options;
    this.#helloTimer = setTimeout(
      () => this.#refuse('the first message did not come in time'),
      options.helloTimeoutMs ?? HELLO_TIMEOUT_MS,
    );
    transport.onFrame((frame) => this.#receive(frame));
    transport.onClose(() => this.close());
  }

  emit<N extends EventName>(name: N, payload: Payload<N>): void {
    if (this.#state !== 'open') return;
    this.#send({ t: 'event', name, payload });
    if (this.#bufferedBytes() > STUCK_BYTES) this.close();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearTimeout(this.#helloTimer);
    for (const controller of this.#running.values()) controller.abort();
    this.#transport.close?.();
  }

  #receive(buffer: ArrayBuffer): void {
    if (this.#state === 'closed') return;
    let frame: ClientFrame;
    try {
      if (buffer.byteLength > MAX_REQUEST_BYTES) {
        throw new AppError('bad-input', 'a frame is larger than a client may send');
      }
      frame = parseClientFrame(decode(buffer));
    } catch (error) {
      // Also a stack overflow by nesting: whoever sends that is no page of ours.
      return this.#refuse(messageOf(error));
    }
    if (this.#state === 'waiting') this.#greet(frame);
    else if (frame.t === 'call') void this.#answer(frame.id, frame.name, frame.args);
    else if (frame.t === 'cancel') this.#running.get(frame.id)?.abort();
  }

  #greet(frame: ClientFrame): void {
    const problem = this.#problemWith(frame);
    if (problem !== undefined || frame.t !== 'hello') return this.#refuse(problem ?? '');
    clearTimeout(this.#helloTimer);
    this.#state = 'open';
    const { instance = '', greeting, onOpen } = this.#options;
    this.#send({ t: 'welcome', instance });
    onOpen?.();
    for (const { name, payload } of greeting?.(frame) ?? []) {
      this.#send({ t: 'event', name, payload });
    }
  }

  #problemWith(frame: ClientFrame): string | undefined {
    const { token } = this.#options;
    if (frame.t !== 'hello') return 'the first message must be the greeting';
    if (token !== undefined && !tokenMatches(frame, token)) {
      return 'the address is out of date; take the one that Onset printed when it was started';
    }
    return frame.version === PROTOCOL_VERSION
      ? undefined
      : 'this page belongs to another version of Onset; load it again';
  }

  #refuse(message: string): void {
    if (this.#state === 'closed') return;
    this.#send({ t: 'refused', message });
    this.close();
  }

  async #answer(id: number, name: string, args: unknown): Promise<void> {
    if (this.#running.has(id)) return this.#refuse('two calls have one number');
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(id, controller);
    try {
      if (!isCallName(this.#handlers, name)) {
        throw new AppError('bad-input', `there is no call named ${name}`);
      }
      const handler = this.#handlers[name] as Handler;
      // Looked at again after each pause and with nothing awaited before the send: waiters pass one by one.
      while (this.#isFull()) await pause(signal);
      const value = await handler(args, signal);
      while (this.#isFull()) await pause(signal);
      this.#send({ t: 'reply', id, value });
    } catch (error) {
      this.#send({ t: 'error', id, code: codeOf(error, signal), message: messageOf(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #isFull(): boolean {
    return this.#bufferedBytes() > (this.#options.fullBytes ?? FULL_BYTES);
  }

  #bufferedBytes(): number {
    return this.#transport.bufferedBytes?.() ?? 0;
  }

  #send(frame: ServerFrame): void {
    if (this.#state !== 'closed') this.#transport.send(encode(frame));
  }
}

type Handler = (args: unknown, signal: AbortSignal) => Promise<unknown>;

function isCallName(handlers: Handlers, name: string): name is keyof Handlers {
  return Object.hasOwn(handlers, name);
}

function tokenMatches(hello: Hello, token: string): boolean {
  return equalInConstantTime(hello.token, token);
}

async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
  if (signal.aborted) throw new AppError('cancelled', 'cancelled');
}

function codeOf(error: unknown, signal: AbortSignal): AppError['code'] {
  if (signal.aborted) return 'cancelled';
  return error instanceof AppError ? error.code : 'bug';
}
