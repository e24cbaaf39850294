// The built page. Its files are listed once, so that an address can only ever name one of them:
// there is no path to escape from.

import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../base/appError.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

/** The folder of the built page, the same from source and from the bundle. Throws `not-found`. */
export function builtPageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up += 1) {
    const page = join(folder, 'out', 'renderer');
    if (existsSync(join(page, 'index.html'))) return page;
    folder = dirname(folder);
  }
  throw new AppError('not-found', 'the page of Onset is not built; run: npm run build');
}

/**
 * Scripts only from files of ours and none inline. Styles may stand in attributes, which Svelte writes.
 * The WebSocket has the page's own address, which `self` covers in today's browsers; older ones need it said.
 */
function securityHeaders(host: string): Record<string, string> {
  return {
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "worker-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      `connect-src 'self' ws://${host}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  };
}

export class PageFiles {
  readonly #files = new Map<string, string>();

  constructor(folder: string) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      this.#files.set(`/${relative(folder, path).split(sep).join('/')}`, path);
    }
  }

  /** Answers one request; the caller has checked who asks. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(securityHeaders(request.headers.host ?? ''))) {
      response.setHeader(name, value);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'the host only gives files of the page');
    }
    const address = addressOf(request.url ?? '/');
    const path = address === undefined ? undefined : this.#files.get(address);
    if (address === undefined || path === undefined) {
      return refuse(response, 404, 'there is no such file in the page of Onset');
    }
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) return refuse(response, 404, 'the page was built anew; load it again');
    response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
    response.setHeader('Content-Length', size);
    // Names below assets carry a hash of their content.
    const kept = address.startsWith('/assets/');
    response.setHeader('Cache-Control', kept ? 'max-age=31536000, immutable' : 'no-cache');
    if (request.method === 'HEAD') return void response.end();
    createReadStream(path)
      .on('error', () => response.destroy())
      .pipe(response);
  }
}

function addressOf(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  try {
    const decoded = decodeURIComponent(path);
    return decoded === '/' ? '/index.html' : decoded;
  } catch {
    return undefined;
  }
}

export function refuse(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${text}\n`);
}
