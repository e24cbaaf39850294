// A threshold and a number of the pick rule dragged in the built page, in a real Chromium: ten stations over a day at
// 100 Hz, two phases, of kept curves that are made here with a seed, so that no network runs. The waveforms under them
// have 1 sample a second.
// Run: npm run bench -- tune

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createBackend } from '../../src/backend/createBackend.ts';
import { CurveStore } from '../../src/backend/curves/curveStore.ts';
import { cacheFolderOf } from '../../src/backend/project.ts';
import { epochNs, parseTime } from '../../src/base/time.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import type { ModelInfo } from '../../src/contract/messages/models.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { PickRule } from '../../src/domain/event/runSettings.ts';
import { SensorPicker } from '../../src/models/keptCurves/sensorPicker.ts';
import { inferenceWindows } from '../e2e/hostClient.ts';
import { closeBrowser, missingBrowser, openBrowser, startOnset, temporaryHome } from '../e2e/onset.ts'; // prettier-ignore
import { writeStations } from '../e2e/waveformFiles.ts';
import { BarePage } from './barePage.ts';
import { calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const START = '2026-05-01T00:00:00';
const STATIONS = 10;
const RATE = 100;
const HOURS = 24;
const PEAKS_PER_HOUR = 400;
/** The end of the slider of the least distance. */
const MOST_SAMPLES = 1000;
const STEPS = 60;
const RULE: PickRule = { kind: 'peaks', minimumDistanceSamples: 50 };

interface TuneWatch {
  /** Turns a slider to a value; ms until the detail, and until the strip of the day and the counts, show it. */
  turn(slider: string, value: number): Promise<{ viewMs: number; dayMs: number }>;
  /** Turns a slider and waits until all is quiet. */
  settle(slider: string, value: number): Promise<void>;
  /** Calls of the page to the backend so far. */
  calls(): number;
}
declare global {
  interface Window {
    tuneWatch: TuneWatch;
  }
}

/** Runs in the page before its scripts. */
function watchTuning(): void {
  let sent = 0;
  const OfPage = window.WebSocket;
  const send = OfPage.prototype.send;
  OfPage.prototype.send = function (data) {
    sent += 1;
    return send.call(this, data);
  };
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  /** A part of a canvas at its foot or head, as a number: looking must not take long itself. */
  const picture = (
    selector: string,
    [widthPx, heightPx]: readonly [number, number],
    atHead = false,
  ): number => {
    const canvas = document.querySelector(selector);
    if (!probe || !(canvas instanceof HTMLCanvasElement) || canvas.width < 50) return 0;
    const [width, height] = [Math.min(widthPx, canvas.width), Math.min(heightPx, canvas.height)];
    if (probe.canvas.width < width) probe.canvas.width = width;
    if (probe.canvas.height < height) probe.canvas.height = height;
    probe.globalCompositeOperation = 'copy';
    const top = atHead ? 0 : canvas.height - height;
    probe.drawImage(canvas, 0, top, width, height, 0, 0, width, height);
    let hash = 7;
    for (const value of new Int32Array(probe.getImageData(0, 0, width, height).data.buffer)) {
      hash = (Math.imul(hash, 31) + value) | 0;
    }
    return hash;
  };
  // The strips of the detail are at its foot, with the threshold's line, and the flags of picks at its head; picks of
  // the day are above its changes.
  const detail = 'section.zoom .plot canvas:nth-of-type(2)';
  const view = () => `${picture(detail, [32, 120])} ${picture(detail, [1200, 24], true)}`;
  const day = () => picture('section.day .plot canvas.picks', [400, 90]);
  const found = () => document.querySelector('.slider .found')?.textContent ?? '';
  /** When the frame that comes next has been made, whatever was painted in it. */
  const afterFrame = (): Promise<number> =>
    new Promise((resolve) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(undefined);
      }),
    );
  const move = (name: string, value: number): void => {
    const slider = document.querySelector<HTMLInputElement>(`input[aria-label="${name}"]`);
    if (!slider) throw new Error(`there is no slider "${name}"`);
    slider.valueAsNumber = value;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  };
  window.tuneWatch = {
    calls: () => sent,
    async settle(name, value) {
      move(name, value);
      await new Promise((resolve) => setTimeout(resolve, 500));
      await (window as unknown as { onset: { whenIdle(): Promise<void> } }).onset.whenIdle();
    },
    async turn(name, value) {
      const before = { view: view(), day: day(), found: found() };
      const from = performance.now();
      move(name, value);
      const shown = { viewMs: 0, dayMs: 0 };
      while (shown.viewMs === 0 || shown.dayMs === 0) {
        const now = (await afterFrame()) - from;
        if (shown.viewMs === 0 && view() !== before.view) shown.viewMs = now;
        if (shown.dayMs === 0 && day() !== before.day && found() !== before.found)
          shown.dayMs = now;
        if (now > 5000) throw new Error(`nothing is repainted ${now.toFixed(0)} ms after ${value}`);
      }
      return shown;
    },
  };
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** An hour of bumps of all sizes, most of them low. */
function hourOf(next: () => number): Float32Array {
  const curve = new Float32Array(3600 * RATE);
  for (let k = 0; k < PEAKS_PER_HOUR; k += 1) {
    const [centre, sigma, height] = [next() * curve.length, 5 + 15 * next(), 0.02 + 0.98 * next() ** 3]; // prettier-ignore
    const from = Math.max(0, Math.floor(centre - 4 * sigma));
    for (let i = from; i < Math.min(curve.length, centre + 4 * sigma); i += 1) {
      curve[i] = Math.max(curve[i]!, height * Math.exp(-((i - centre) ** 2) / (2 * sigma ** 2)));
    }
  }
  return curve;
}

/** A project with waveforms and a run that has kept curves and no picks in the catalog. */
async function makeProject(folder: string): Promise<string> {
  const data = path.join(folder, 'data');
  writeStations(data, STATIONS, { start: START, lengthS: HOURS * 3600, sampleRateHz: 1 });
  const project = path.join(folder, 'tune.onset');
  const backend = await createBackend({
    project: { kind: 'file', path: project, create: true },
    dataFolders: [data],
    userFolder: path.join(folder, 'user'),
    author: 'bench',
  });
  const signal = new AbortController().signal;
  const { handlers } = backend;
  const { entries } = await handlers['file.list']({ folder: undefined }, signal);
  const { jobId } = await handlers['source.add']({ files: entries.map(({ ref }) => ref) }, signal);
  while (
    (await handlers['job.list']({}, signal)).some(
      ({ id, state }) => id === jobId && (state === 'running' || state === 'waiting'),
    )
  ) {
    // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const model = (await handlers['model.list']({}, signal)).find(({ id }) => id === 'onset-1');
  await backend.close();
  if (model === undefined) throw new Error('there is no model');
  await keepCurves(project, storedRun(project, model));
  return project;
}

function storedRun(project: string, model: ModelInfo): ModelRun {
  const settings = { ...model.settings!, thresholds: { P: 0.3, S: 0.3 }, pickRule: RULE };
  const catalog = Catalog.open(project, { author: 'bench', create: false });
  const id = catalog.runs.start({
    modelId: model.id,
    modelVersion: model.version,
    modelSha256: model.sha256,
    programVersion: '0.0.0',
    parameters: { settings, streams: undefined, window: undefined },
    author: 'bench',
  });
  catalog.runs.finish(id, 'done', []);
  const run = catalog.runs.get(id);
  catalog.close();
  if (!run) throw new Error('the run is not in the catalog');
  return run;
}

async function keepCurves(project: string, run: ModelRun): Promise<void> {
  const store = new CurveStore(cacheFolderOf(project));
  const start = parseTime(START);
  for (let station = 1; station <= STATIONS; station += 1) {
    const next = random(station);
    const writer = await store.begin(run, `XX.S${String(station).padStart(2, '0')}..HH`);
    const picker = new SensorPicker(
      { rule: RULE, thresholds: run.parameters.settings.thresholds },
      (hour, parts) => writer.seal(hour, parts),
      () => Promise.resolve(),
    );
    for (let hour = 0; hour < HOURS; hour += 1) {
      const startNs = epochNs(start + BigInt(hour) * 3_600_000_000_000n);
      const curves = { P: hourOf(next), S: hourOf(next) };
      await picker.take({ startNs, sampleRateHz: RATE, curves, warnings: [] });
    }
    await picker.end();
    await writer.finish();
  }
}

/** Processor time of threads so far, from the kernel; those that have ended count no more. */
function spentMs(threads: readonly string[]): number {
  let ns = 0;
  for (const thread of threads) {
    try {
      ns += Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It has ended.
    }
  }
  return ns / 1e6;
}

const threadsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);

function descendantsOf(pid: number): number[] {
  const children = threadsOf(pid).flatMap(
    (thread) => readFileSync(`${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number), // prettier-ignore
  );
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Main threads of the pages of this process's browser; one of them is busy. */
function pageThreads(): string[] {
  const isPage = (pid: number): boolean =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
  return descendantsOf(process.pid)
    .filter(isPage)
    .map((pid) => `/proc/${pid}/task/${pid}`);
}

const at = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN;

const steps = (valueAt: (k: number) => number): number[] => Array.from({ length: STEPS }, (_, k) => valueAt(k)); // prettier-ignore

interface Dragged {
  readonly what: string;
  readonly slider: string;
  readonly values: readonly number[];
}

async function drag(
  { page, table, backendPid }: { page: BarePage; table: BenchTable; backendPid: number | undefined }, // prettier-ignore
  { what, slider, values }: Dragged,
): Promise<void> {
  const isLinux = process.platform === 'linux';
  const pages = isLinux ? pageThreads() : [];
  const backend = isLinux && backendPid !== undefined ? threadsOf(backendPid) : [];
  const shown: { viewMs: number; dayMs: number }[] = [];
  const pageMs: number[] = [];
  const before = Number(await page.run('tuneWatch.calls()'));
  const backendBefore = spentMs(backend);
  for (const value of values) {
    const busy = spentMs(pages);
    const turned = await page.run(`tuneWatch.turn('${slider}', ${value.toFixed(3)})`);
    shown.push(turned as (typeof shown)[number]);
    pageMs.push(spentMs(pages) - busy);
  }
  const calls = Number(await page.run('tuneWatch.calls()')) - before;
  const add = (words: string, ms: readonly number[], limits: { budget: number; goal: number }) => {
    table.add(`${what} dragged: ${words}, median ms`, at(ms, 0.5), limits);
    table.add(`${what} dragged: ${words}, p95 ms`, at(ms, 0.95), limits);
  };
  add('picks in view', shown.map((one) => one.viewMs), { budget: 33, goal: 17 }); // prettier-ignore
  add('day and counts', shown.map((one) => one.dayMs), { budget: 100, goal: 33 }); // prettier-ignore
  // Other work on the machine lengthens the wait, not this; looking at the pictures is in it.
  if (pages.length > 0) add('processor time of the page', pageMs, { budget: 33, goal: 17 });
  const backendMs = (spentMs(backend) - backendBefore) / values.length;
  const spent = isLinux ? `, processor time of the backend for each: ${backendMs.toFixed(2)} ms` : ''; // prettier-ignore
  console.log(`${what}: ${calls} calls to the backend for ${values.length} values${spent}`);
}

async function benchTune(table: BenchTable): Promise<void> {
  const home = temporaryHome();
  const project = await makeProject(home.folder);
  const onset = await startOnset(home.folder, ['serve', '--project', project]);
  const view = { width: 1920, height: 1080, before: watchTuning };
  const page = await BarePage.open(await openBrowser(), onset.url, view);
  const opened = performance.now();
  await page.run(
    `document.querySelector('nav[aria-label="Work spaces"] button:last-child').click()`,
  );
  await page.idle();
  const openMs = performance.now() - opened;
  const words = String(await page.run(`document.querySelector('section.day .plot').ariaLabel`));
  console.log(`Tune open after ${openMs.toFixed(0)} ms: ${words}`);
  const bench = { page, table, backendPid: onset.process.pid };
  // Far from one to the next: the line in the detail moves by whole pixels.
  const thresholds = steps((k) => 0.1 + (0.6 * ((k * 23 + 11) % STEPS)) / STEPS);
  await drag(bench, { what: 'P threshold', slider: 'P threshold', values: thresholds });
  await page.run(`tuneWatch.turn('P threshold', 0.1)`);
  // To a pick that goes when picks have to be far apart, so that there is something to see in the detail.
  await page.run(`tuneWatch.settle('Least distance, slider', ${MOST_SAMPLES})`);
  await page.run(`document.querySelector('.part.lost [role="option"]').click()`);
  await page.idle();
  const distances = steps((k) => (k % 2 === 0 ? 50 - k / 2 : MOST_SAMPLES - k));
  await drag(bench, { what: 'Least distance', slider: 'Least distance, slider', values: distances }); // prettier-ignore
  await page.idle();
  const windows = await inferenceWindows(onset.url);
  console.log(`windows the networks have answered: ${windows}`);
  if (windows !== 0) process.exitCode = 1;
  await page.close();
  await onset.stop();
  home.remove();
}

if (import.meta.main) {
  const reason = await missingBrowser();
  if (reason === undefined) {
    const table = new BenchTable(calibrate());
    await benchTune(table);
    table.print();
    await closeBrowser();
  } else console.log(`tune: skipped, ${reason}`);
}
