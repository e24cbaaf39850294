// What the shell and the backend's utility process say to each other. Samples and calls never pass here:
// they go through the port between page and backend.

export type ToBackend =
  /** A page was loaded; the port comes along. */
  | { readonly kind: 'connect' }
  | { readonly kind: 'grant'; readonly id: number; readonly paths: readonly string[] }
  /** The inference process asked for was started; its port comes along. */
  | { readonly kind: 'inference-started' }
  | { readonly kind: 'close' };

export type FromBackend =
  | { readonly kind: 'granted'; readonly id: number; readonly refs: readonly string[] }
  | { readonly kind: 'start-inference' }
  /** The page's handshake did not come over the port: the loopback host stands ready instead. */
  | { readonly kind: 'host-opened'; readonly url: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string };

/** How long the page's handshake over the port may take. */
export const HANDSHAKE_LIMIT_MS = 5_000;
