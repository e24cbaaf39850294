// From a key of review to its pixels, in the built page in a real Chromium: 143 picks of the sample, one key each.
// First: the queue has moved on and the flags of the zoom are drawn. Whole: the last pixel of the zoom's traces is there.
import { calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';
import { Desk, PickedSample } from '../e2e/analyst.ts';
import { closeBrowser, missingBrowser } from '../e2e/onset.ts';

const KEYS = 143;
const BUDGET_MS = 50;
const GOAL_MS = 25;

interface KeyTimes {
  readonly firstMs: number;
  readonly wholeMs: number;
}

/** Installs `timeKey()`: notes the next key press and answers with its times when the picture has come to rest. */
function watchKeys(): void {
  const QUIET_MS = 400;
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const pictureOf = (index: number): number => {
    const canvas = document.querySelectorAll('section.zoom .plot canvas')[index];
    if (!probe || !(canvas instanceof HTMLCanvasElement)) throw new Error('the zoom has no canvas');
    probe.canvas.width = canvas.width;
    probe.canvas.height = 24;
    // The flags at the top, or a band through the first component.
    const top = index === 1 ? 0 : canvas.height / 4;
    probe.drawImage(canvas, 0, top, canvas.width, 24, 0, 0, canvas.width, 24);
    let hash = 7;
    for (const value of new Int32Array(probe.getImageData(0, 0, canvas.width, 24).data.buffer)) {
      hash = (Math.imul(hash, 31) + value) | 0;
    }
    return hash;
  };
  const rowNow = (): string | null | undefined =>
    document.querySelector('[aria-current=true][aria-rowindex]')?.getAttribute('aria-rowindex');
  const afterFrame = (): Promise<number> =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(undefined);
      }),
    );
  const follow = async (
    startMs: number,
    before: { row: unknown; flags: number; traces: number },
  ) => {
    let [firstMs, wholeMs] = [0, 0];
    let { traces } = before;
    for (let now = startMs; now - startMs < QUIET_MS;) {
      now = await afterFrame();
      if (firstMs === 0 && rowNow() !== before.row && pictureOf(1) !== before.flags) {
        firstMs = now - startMs;
      }
      const drawn = pictureOf(0);
      if (drawn !== traces) wholeMs = now - startMs;
      traces = drawn;
    }
    return { firstMs, wholeMs: Math.max(firstMs, wholeMs) };
  };
  Object.assign(window, {
    timeKey: () => {
      const before = { row: rowNow(), flags: pictureOf(1), traces: pictureOf(0) };
      return new Promise((resolve) => {
        const heard = (event: KeyboardEvent): void => resolve(follow(event.timeStamp, before));
        window.addEventListener('keydown', heard, { capture: true, once: true });
      });
    },
  });
}

/** The value below which a share of them lies. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

async function reviewAll(desk: Desk): Promise<KeyTimes[]> {
  await desk.page.evaluate(watchKeys);
  const times: KeyTimes[] = [];
  for (let i = 0; i < KEYS; i += 1) {
    await desk.open.idle();
    await desk.page.evaluate(() => {
      const page = window as unknown as { timeKey(): Promise<unknown>; timed: Promise<unknown> };
      page.timed = page.timeKey();
    });
    await desk.page.keyboard.press(i % 3 === 2 ? 'Backspace' : 'Enter');
    times.push(
      (await desk.page.evaluate(
        () => (window as unknown as { timed: Promise<unknown> }).timed,
      )) as KeyTimes,
    );
  }
  return times;
}

async function benchKeys(): Promise<void> {
  const sample = new PickedSample();
  await sample.make('p: 0.01, s: 0.01');
  const { folder, project, remove } = sample.copy();
  const desk = await new Desk(folder, project).start();
  try {
    const times = (await reviewAll(desk)).filter(({ firstMs }) => firstMs > 0);
    const table = new BenchTable(calibrate());
    const limits = { budget: BUDGET_MS, goal: GOAL_MS };
    for (const [name, of] of [
      ['first pixels', 'firstMs'],
      ['whole picture', 'wholeMs'],
    ] as const) {
      // prettier-ignore
      const values = times.map((time) => time[of]);
      table.add(`key to ${name}, ${values.length} keys, median ms`, quantile(values, 0.5), limits);
      table.add(`key to ${name}, ${values.length} keys, p95 ms`, quantile(values, 0.95), limits);
    }
    table.print();
    console.log(await desk.progress());
  } finally {
    await desk.stop();
    remove();
    sample.remove();
    await closeBrowser();
  }
}

const missing = await missingBrowser();
if (missing === undefined) await benchKeys();
else console.log(`keys: skipped, ${missing}`);
