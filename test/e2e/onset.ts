// Starts Onset as a person would, opens its page in a real Chromium, and waits for nothing but `whenIdle()`.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { repoRoot } from '../shared.ts';
import { launchBrowser } from './browser.ts';

declare global {
  interface Window {
    readonly onset: { whenIdle(): Promise<void> };
  }
}

/** One home for a test: projects, sample and settings of its own, removed at the end. */
export function temporaryHome(): { folder: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'onset-e2e-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface RunningOnset {
  readonly url: string;
  readonly process: ChildProcess;
  readonly messages: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** `onset ARGS…` from the build, until it has printed its address. */
export async function startOnset(home: string, args: readonly string[]): Promise<RunningOnset> {
  const env = { ...process.env, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
  const cli = path.join(repoRoot, 'out', 'node', 'cli.js');
  const child = spawn(process.execPath, [cli, ...args], { env, cwd: home });
  let output = '';
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /Onset is at (\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) =>
      reject(new Error(`onset ${args.join(' ')} ended with ${code}:\n${output}`)),
    );
  });
  return {
    url,
    process: child,
    messages: () => output,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

let shared: Promise<Browser | { reason: string }> | undefined;

/** The browser of this test file; closed by `closeBrowser`. */
export async function openBrowser(): Promise<Browser> {
  shared ??= launchBrowser();
  const browser = await shared;
  if ('reason' in browser) throw new Error(browser.reason);
  return browser;
}

/** Why the browser tests cannot run here, or undefined. */
export async function missingBrowser(): Promise<string | undefined> {
  shared ??= launchBrowser();
  const browser = await shared;
  return 'reason' in browser ? browser.reason : undefined;
}

export async function closeBrowser(): Promise<void> {
  const browser = await shared;
  shared = undefined;
  if (browser && !('reason' in browser)) await browser.close();
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly errors: string[];
  idle(): Promise<void>;
  /** Presses keys one after the other, waiting for idle after each. */
  press(...keys: string[]): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'dark' | 'light';
  /** Device pixels a pixel. */
  readonly scale?: number;
  /** Runs in the page before its own scripts. */
  readonly before?: () => void;
}

export async function openPage(url: string, options: PageOptions = {}): Promise<OpenPage> {
  const { width = 1280, height = 800, theme = 'dark', scale = 1 } = options;
  const browser = await openBrowser();
  const context = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme,
    acceptDownloads: true,
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  if (options.before) await page.addInitScript(options.before);
  await page.goto(url);
  await page.waitForFunction(() => 'onset' in window);
  const idle = (): Promise<void> => page.evaluate(() => window.onset.whenIdle());
  await idle();
  return {
    page,
    context,
    errors,
    idle,
    press: async (...keys) => {
      for (const key of keys) {
        await page.keyboard.press(key);
        await idle();
      }
    },
    close: () => context.close(),
  };
}
