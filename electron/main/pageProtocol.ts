import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApi } from './electronApi.ts';

export const PAGE_SCHEME = 'onset';
export const PAGE_URL = `${PAGE_SCHEME}://page/index.html`;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** The page talks to its backend over a port, so it needs no connection at all. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Must run before the app is ready. */
export function registerPageScheme(api: Pick<ElectronApi, 'protocol'>): void {
  api.protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
    },
  ]);
}

/** Serves the built page from `folder` and nothing outside it. */
export function servePage(api: Pick<ElectronApi, 'protocol'>, folder: string): void {
  api.protocol.handle(PAGE_SCHEME, (request) => pageResponse(folder, request.url));
}

export async function pageResponse(folder: string, url: string): Promise<Response> {
  const { host, pathname } = new URL(url);
  const file = path.join(folder, path.normalize(decodeURIComponent(pathname)));
  const inside = file.startsWith(folder + path.sep);
  const type = TYPES[path.extname(file)];
  if (host !== 'page' || !inside || !type) return new Response('not found', { status: 404 });
  try {
    const body = new Uint8Array(await readFile(file));
    return new Response(body, {
      headers: {
        'content-type': type,
        'content-security-policy': CSP,
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
      },
    });
  } catch {
    return new Response('not found', { status: 404 });
  }
}
