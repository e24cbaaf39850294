// The client's end: typed calls with cancellation, typed events. A client outlives its pipe: after a
// loss it is given a new one, says which revisions it has seen, and is sent what it missed.

import { AppError } from '../base/appError.ts';
import type { Args, CallName, EventName, Payload, Reply } from './api.ts';
import { decode, encode } from './codec.ts';
import {
  type ClientFrame,
  parseServerFrame,
  PROTOCOL_VERSION,
  type SeenRevisions,
  type ServerFrame,
} from './frames.ts';
import { MAX_REQUEST_BYTES, type Transport } from './transport.ts';

type Pending = PromiseWithResolvers<unknown>;
type Listener = (payload: never) => void;

const NOT_CONNECTED = 'the connection to the backend is closed; it is being opened again';
const cancelled = (): AppError => new AppError('cancelled', 'cancelled');

export class Client {
  #transport: Transport | undefined;
  #greeting: Pending = Promise.withResolvers<unknown>();
  #instance: string | undefined;
  #seen: SeenRevisions = {};
  #lastId = 0;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<EventName, Set<Listener>>();
  readonly #lossListeners = new Set<(reason: AppError) => void>();

  /** Connects at once; calls may follow without waiting, they fail when the backend refuses. */
  constructor(transport: Transport, { token = '' }: { token?: string } = {}) {
    this.connect(transport, { token }).catch(() => undefined);
  }

  /** Resolves when the backend has accepted the newest pipe; rejects with its reason when it has not. */
  async ready(): Promise<void> {
    await this.#greeting.promise;
  }

  /** Takes a new pipe in place of a lost one. Everything pending on the old one fails. */
  connect(transport: Transport, { token = '' }: { token?: string } = {}): Promise<void> {
    this.#lose(new AppError('service', NOT_CONNECTED));
    this.#transport = transport;
    this.#greeting = Promise.withResolvers<unknown>();
    this.#greeting.promise.catch(() => undefined);
    const lose = (reason: string): void => {
      if (this.#transport === transport) this.#lose(new AppError('service', reason));
    };
    transport.onFrame((frame) => {
      if (this.#transport !== transport) return;
      try {
        this.#receive(parseServerFrame(decode(frame)));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        lose(error.message);
      }
    });
    transport.onClose(() => lose('the backend closed the connection'));
    this.#send({
      t: 'hello',
      version: PROTOCOL_VERSION,
      token,
      instance: this.#instance,
      seen: this.#seen,
    });
    return this.ready();
  }

  /** Rejects with an AppError: the backend's own, `cancelled`, or `service` when the pipe is lost. */
  async call<N extends CallName>(
    name: N,
    args: Args<N>,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Reply<N>> {
    if (signal?.aborted) throw cancelled();
    if (!this.#transport) throw new AppError('service', NOT_CONNECTED);
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    const cancel = (): void => {
      this.#send({ t: 'cancel', id });
      pending.reject(cancelled());
    };
    this.#pending.set(id, pending);
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      this.#send({ t: 'call', id, name, args });
      return (await pending.promise) as Reply<N>;
    } finally {
      this.#pending.delete(id);
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Returns the function that stops listening. */
  on<N extends EventName>(name: N, listener: (payload: Payload<N>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as Listener));
    return () => void listeners.delete(listener as Listener);
  }

  /** Called when the pipe is lost, or with `bad-input` when the backend refuses it. Returns the function that stops listening. */
  onLost(listener: (reason: AppError) => void): () => void {
    this.#lossListeners.add(listener);
    return () => void this.#lossListeners.delete(listener);
  }

  close(): void {
    this.#lose(new AppError('service', 'the connection to the backend was closed here'));
  }

  #send(frame: ClientFrame): void {
    this.#transport?.send(encode(frame, MAX_REQUEST_BYTES));
  }

  #receive(frame: ServerFrame): void {
    switch (frame.t) {
      case 'welcome':
        this.#instance = frame.instance;
        this.#greeting.resolve(undefined);
        break;
      case 'refused':
        this.#lose(new AppError('bad-input', frame.message));
        break;
      case 'reply':
        this.#pending.get(frame.id)?.resolve(frame.value);
        break;
      case 'error':
        this.#pending.get(frame.id)?.reject(new AppError(frame.code, frame.message));
        break;
      case 'event':
        this.#dispatch(frame.name, frame.payload);
    }
  }

  #dispatch(name: string, payload: unknown): void {
    const revision: unknown = (payload as { revision?: unknown } | undefined)?.revision;
    if (typeof revision === 'number') this.#seen = { ...this.#seen, [name]: revision };
    for (const listener of this.#listeners.get(name as EventName) ?? []) listener(payload as never);
  }

  #lose(reason: AppError): void {
    const transport = this.#transport;
    if (!transport) return;
    this.#transport = undefined;
    this.#greeting.reject(reason);
    for (const pending of this.#pending.values()) pending.reject(reason);
    transport.close?.();
    for (const listener of this.#lossListeners) listener(reason);
  }
}
