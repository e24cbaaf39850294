// Frames a second of the page's main thread while it pans, in a real Chromium over synthetic data:
// 60 traces of one day and 300 traces of one hour. Prints value, budget and goal.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { CDPSession } from 'playwright-core';
import { build } from 'vite';
import { launchBrowser } from '../e2e/browser.ts';
import type { FrameFigures } from './framesPage/figures.ts';

const BUDGET_FRAMES_PER_S = 55;
const GOAL_FRAMES_PER_S = 60;
const PAN_S = 5;
const CASES = [
  { name: '60 traces x 1 day', query: 'stations=60&length=259200&window=86400&rows=60&picks=600' },
  { name: '300 traces x 1 h', query: 'stations=300&length=10800&window=3600&rows=300&picks=600' },
];

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }; // prettier-ignore

/** Builds the bench's page and serves it on the loopback. */
export async function servePage(): Promise<{ url: string; close(): void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'onset-frames-'));
  await build({
    configFile: false,
    logLevel: 'warn',
    root: path.join(import.meta.dirname, 'framesPage'),
    base: './',
    plugins: [svelte({ configFile: false })],
    worker: { format: 'es' },
    build: { outDir: folder, emptyOutDir: true, target: 'es2023', assetsInlineLimit: 0 },
  });
  const server = createServer((request, response) => {
    const name = path.basename(new URL(request.url ?? '/', 'http://localhost').pathname) || 'index.html'; // prettier-ignore
    const file = name === 'index.html' ? name : path.join('assets', name);
    readFile(path.join(folder, file)).then(
      (bytes) => {
        response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = (): void => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

/** Seconds the main thread has spent, by kind. */
async function metrics(session: CDPSession): Promise<Record<string, number>> {
  const { metrics: found } = await session.send('Performance.getMetrics');
  return Object.fromEntries(found.map(({ name, value }) => [name, value]));
}

/** Runs every case; false when one is below the budget. */
export async function benchFrames(): Promise<boolean> {
  const browser = await launchBrowser();
  if ('reason' in browser) {
    console.log(`frames: skipped, ${browser.reason}`);
    return true;
  }
  const served = await servePage();
  let isGood = true;
  try {
    for (const { name, query } of CASES) {
      const page = await browser.newPage({ viewport: { width: 1920, height: 1400 } });
      page.on('pageerror', (error) => console.error(error));
      await page.goto(`${served.url}?${query}`);
      await page.waitForFunction(() => 'bench' in window);
      await page.evaluate(() => window.onset.whenIdle());
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable');
      const before = await metrics(session);
      const found: FrameFigures = await page.evaluate(
        (seconds) => window.bench.pan(seconds),
        PAN_S,
      );
      const after = await metrics(session);
      const perFrame = (name: string): string =>
        ((((after[name] ?? 0) - (before[name] ?? 0)) * 1000) / (found.framesPerS * PAN_S)).toFixed(
          1,
        );
      isGood &&= found.framesPerS >= BUDGET_FRAMES_PER_S;
      console.log(
        `frames: ${name}: ${found.framesPerS.toFixed(1)} frames/s (budget ${BUDGET_FRAMES_PER_S}, goal ${GOAL_FRAMES_PER_S}), ` +
          `p95 ${found.p95FrameMs.toFixed(1)} ms, longest ${found.longestFrameMs.toFixed(1)} ms; ` +
          `main thread busy ${perFrame('TaskDuration')} ms a frame (script ${perFrame('ScriptDuration')}, layout ${perFrame('LayoutDuration')}, style ${perFrame('RecalcStyleDuration')}); ` +
          `worker: ${found.picturesPerS.toFixed(1)} pictures/s, ${found.medianPictureMs.toFixed(1)} ms each; ` +
          `${found.rows} rows of ${found.rowPx.toFixed(1)} px`,
      );
      await page.close();
    }
  } finally {
    await browser.close();
    served.close();
  }
  return isGood;
}

if (import.meta.main) process.exitCode = (await benchFrames()) ? 0 : 1;
