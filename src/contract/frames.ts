// What travels in a pipe. The first frame of a client is `hello`; until it has been accepted the server
// answers nothing.

import { AppError, type ErrorCode } from '../base/appError.ts';

export const PROTOCOL_VERSION = 1;

/** The newest revision seen of each event that carries one. */
export type SeenRevisions = Readonly<Record<string, number>>;

/** What a client says of itself: `instance` is the backend it spoke with before, undefined at first. */
export interface Hello {
  readonly t: 'hello';
  readonly version: number;
  readonly token: string;
  readonly instance?: string | undefined;
  readonly seen: SeenRevisions;
}

export type ClientFrame =
  | Hello
  | { readonly t: 'call'; readonly id: number; readonly name: string; readonly args: unknown }
  | { readonly t: 'cancel'; readonly id: number };

export type ServerFrame =
  | { readonly t: 'welcome'; readonly instance: string }
  | { readonly t: 'refused'; readonly message: string }
  | { readonly t: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly t: 'error'; readonly id: number; readonly code: ErrorCode; readonly message: string }
  | { readonly t: 'event'; readonly name: string; readonly payload: unknown };

type Fields = Readonly<Record<string, unknown>>;

/** What a page sent, checked field by field: a page is not trusted. Throws `bad-input`. */
export function parseClientFrame(value: unknown): ClientFrame {
  const frame = fieldsOf(value);
  if (frame.t === 'hello') return parseHello(frame);
  const { id } = frame;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw unknownFrame();
  if (frame.t === 'cancel') return { t: 'cancel', id };
  const { name, args } = frame;
  if (frame.t !== 'call' || typeof name !== 'string') throw unknownFrame();
  return { t: 'call', id, name, args: fieldsOf(args) };
}

function parseHello(frame: Fields): Hello {
  const { version, token, instance, seen } = frame;
  if (typeof version !== 'number' || typeof token !== 'string') throw unknownFrame();
  if (instance !== undefined && typeof instance !== 'string') throw unknownFrame();
  const revisions = Object.entries(fieldsOf(seen)).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return { t: 'hello', version, token, instance, seen: Object.fromEntries(revisions) };
}

/** What the backend sent. It is our own program, so only the kind is looked at. Throws `bad-input`. */
export function parseServerFrame(value: unknown): ServerFrame {
  const frame = fieldsOf(value);
  const kinds: readonly unknown[] = ['welcome', 'refused', 'reply', 'error', 'event'];
  if (!kinds.includes(frame.t)) throw unknownFrame();
  return frame as unknown as ServerFrame;
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw unknownFrame();
  return value as Fields;
}

const unknownFrame = (): AppError =>
  new AppError('bad-input', 'a frame cannot be read: it is none that this version knows');

/** Equality whose duration tells nothing of where two texts differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < b.length; i++) difference |= b.charCodeAt(i) ^ (a.charCodeAt(i) || 0);
  return difference === 0;
}
