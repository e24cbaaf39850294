// The built page in a real Chromium: cold start to the first picture of a day, warm page turns, and how often the
// picture follows a filter slider. Each picture is one that the canvas shows, told by its pixels.
import path from 'node:path';
import type { Page } from 'playwright-core';
import { closeBrowser, missingBrowser, openBrowser, openPage, startOnset, temporaryHome } from '../e2e/onset.ts'; // prettier-ignore
import { writeNoise, writeStations } from '../e2e/waveformFiles.ts';
import { BarePage } from './barePage.ts';
import { calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const START = '2026-05-01T00:00:00';
const TURNS = 30;
const SLIDER_S = 4;

interface Watch {
  /** ms since the page was asked for, when the list first had ink; 0 before. */
  firstInkMs: number;
  /** Presses a key in the trace area. */
  press(key: string): void;
  /** ms from a key to the last change of the list's picture. */
  timeKey(key: string): Promise<number>;
  /** Moves the slider at every frame; pictures of the list a second. */
  slide(name: string, seconds: number): Promise<number>;
}
declare global {
  interface Window {
    watch: Watch;
  }
}

/** Runs in the page before its scripts. */
function watchPage(): void {
  const QUIET_MS = 250;
  const BAND_PX = 16;
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const band = (): Int32Array | undefined => {
    const canvas = document.querySelector('section.list .plot canvas');
    if (!probe || !(canvas instanceof HTMLCanvasElement) || canvas.width < 100) return undefined;
    if (probe.canvas.width !== canvas.width) {
      probe.canvas.width = canvas.width;
      probe.canvas.height = BAND_PX;
    }
    // A band through the middle of the first row.
    probe.globalCompositeOperation = 'copy';
    probe.drawImage(canvas, 0, 20, canvas.width, BAND_PX, 0, 0, canvas.width, BAND_PX);
    return new Int32Array(probe.getImageData(0, 0, canvas.width, BAND_PX).data.buffer);
  };
  const picture = (): number => {
    let hash = 7;
    for (const value of band() ?? []) hash = (Math.imul(hash, 31) + value) | 0;
    return hash;
  };
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  /** A blank canvas and grid lines have few columns of another colour; a trace crosses nearly all. */
  const hasInk = (): boolean => {
    const pixels = band();
    if (!pixels) return false;
    const width = pixels.length / BAND_PX;
    const inked = new Set<number>();
    pixels.forEach((value, i) => {
      if (value !== 0 && value !== pixels[0]) inked.add(i % width);
    });
    return inked.size > width / 2;
  };
  const watch: Watch = {
    firstInkMs: 0,
    press(key) {
      const target = document.querySelector('[role=application]') ?? document.body;
      const code = key === ' ' ? 'Space' : key === '+' ? 'Equal' : `Key${key.toUpperCase()}`;
      target.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true })); // prettier-ignore
    },
    async timeKey(key) {
      let last = picture();
      const startMs = performance.now();
      watch.press(key);
      let changedMs = 0;
      for (let now = startMs; now - startMs < QUIET_MS;) {
        await frame();
        now = performance.now();
        const shown = picture();
        if (shown !== last) changedMs = now - startMs;
        last = shown;
      }
      return changedMs;
    },
    async slide(name, seconds) {
      const slider = document.querySelector<HTMLInputElement>(`input[type=range][aria-label="${name}"]`); // prettier-ignore
      if (!slider) throw new Error(`there is no slider ${name}`);
      let pictures = 0;
      let last = picture();
      const startMs = performance.now();
      let now = startMs;
      for (let step = 0; now - startMs < seconds * 1000; step += 1) {
        // Back and forth between about 5 and 25 Hz, another value at every frame.
        slider.valueAsNumber = 290 + Math.abs((step % 160) - 80);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
        now = performance.now();
        const shown = picture();
        if (shown !== last) pictures += 1;
        last = shown;
      }
      return (pictures * 1000) / (now - startMs);
    },
  };
  window.watch = watch;
  const look = (): void => {
    if (hasInk()) watch.firstInkMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const p95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? NaN;

/** A cold start: host, browser page and project all new; ms until the host is there, then until the first ink. */
async function coldStart(
  home: string,
  folder: string,
): Promise<{ hostMs: number; pageMs: number }> {
  const startMs = performance.now();
  const onset = await startOnset(home, ['open', folder]);
  const hostMs = performance.now() - startMs;
  const context = await (
    await openBrowser()
  ).newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  await page.addInitScript(watchPage);
  await page.goto(onset.url);
  await page.waitForFunction(() => window.watch.firstInkMs > 0);
  const pageMs = await page.evaluate(() => window.watch.firstInkMs);
  await context.close();
  await onset.stop();
  return { hostMs, pageMs };
}

async function pageTurns(page: Page): Promise<number[]> {
  await page.getByRole('application', { name: 'Traces' }).focus();
  const times: number[] = [];
  for (let i = 0; i < TURNS + 4; i += 1) {
    times.push(await page.evaluate((key) => window.watch.timeKey(key), i % 2 === 0 ? ' ' : 'b'));
  }
  // The first two of each way bring the samples.
  return times.slice(4);
}

/** Pictures a second of 30 traces in view while a corner of the filter is turned. */
async function slideFilter(url: string): Promise<number> {
  const view = { width: 1920, height: 1080, before: watchPage };
  const page = await BarePage.open(await openBrowser(), url, view);
  for (const key of ['d', 'g', ...Array.from({ length: 12 }, () => '+')]) {
    await page.run(`watch.press('${key}')`);
    await page.idle();
  }
  const shown = await page.run(`document.querySelector('section.list .facts').textContent`);
  if (!String(shown).startsWith('30 of 30')) throw new Error(`the list shows ${String(shown)}`);
  await page.run(`document.querySelector('[title="Set the filter"]').click()`);
  await page.idle();
  const rate = Number(await page.run(`watch.slide('High corner', ${SLIDER_S})`));
  await page.close();
  return rate;
}

async function benchPage(table: BenchTable): Promise<void> {
  const home = temporaryHome();
  const day = path.join(home.folder, 'day');
  for (const channel of ['HHZ', 'HHN', 'HHE']) {
    writeNoise(path.join(day, `${channel}.mseed`), { station: 'DAY', channel, start: START, lengthS: 86_400, sampleRateHz: 100 }); // prettier-ignore
  }
  const many = path.join(home.folder, 'many');
  writeStations(many, 30, { start: START, lengthS: 600, sampleRateHz: 100 });
  await openBrowser();
  await coldStart(home.folder, day);
  const starts = [];
  for (let i = 0; i < 5; i += 1) starts.push(await coldStart(home.folder, day));
  const hostMs = median(starts.map((one) => one.hostMs));
  const pageMs = median(starts.map((one) => one.pageMs));
  table.add('cold start: the host answers, ms', hostMs, { budget: 600, goal: 400 });
  table.add('cold start: page to first traces, ms', pageMs, { budget: 600, goal: 400 });
  table.add('cold start: all of it, 3 channels × 1 day, ms', hostMs + pageMs, { budget: 1000, goal: 800 }); // prettier-ignore

  const onset = await startOnset(home.folder, ['open', day]);
  const open = await openPage(onset.url, { width: 1920, height: 1080, before: watchPage });
  const filtered = await pageTurns(open.page);
  await open.press('f');
  const raw = await pageTurns(open.page);
  table.add('warm page turn of 5 min, filtered, median ms', median(filtered), { budget: 50, goal: 35 }); // prettier-ignore
  table.add('warm page turn of 5 min, filtered, 95 % ms', p95(filtered), { budget: 50, goal: 35 });
  table.add('warm page turn of 5 min, raw, median ms', median(raw), { budget: 50, goal: 35 });
  table.add('warm page turn of 5 min, raw, 95 % ms', p95(raw), { budget: 50, goal: 35 });
  await open.close();
  await onset.stop();

  const second = await startOnset(home.folder, ['open', many]);
  const rate = await slideFilter(second.url);
  table.addRate('filter slider, 30 traces × 10 min, pictures/s', rate, { budget: 30, goal: 50 });
  await second.stop();
  home.remove();
}

if (import.meta.main) {
  const reason = await missingBrowser();
  if (reason === undefined) {
    const table = new BenchTable(calibrate());
    await benchPage(table);
    table.print();
    await closeBrowser();
  } else console.log(`page: skipped, ${reason}`);
}
