// The page of Onset over synthetic data, with a driver that pans it and counts frames.
import '../../../renderer/client/language.ts';
import '../../../renderer/theme/base.css';
import { mount } from 'svelte';
import Page from '../../../renderer/App.svelte';
import type { HostBridge } from '../../../renderer/client/hostBridge.ts';
import { loadAll } from '../../../renderer/client/load.ts';
import { App } from '../../../renderer/state/app.svelte.ts';
import { Dialogs } from '../../../renderer/state/dialogs.svelte.ts';
import type { Client } from '../../../src/contract/rpc.ts';
import type { FrameFigures } from './figures.ts';
import { middle, SyntheticClient, type SyntheticPlan } from './syntheticClient.ts';

const query = new URLSearchParams(location.search);
const number = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
const plan: SyntheticPlan = {
  stations: number('stations', 12),
  lengthS: number('length', 86_400),
  sampleRateHz: 100,
  picks: number('picks', 300),
};

/** How long each picture of the trace list took in its worker. */
const pictureMs: number[] = [];
const PlainWorker = window.Worker;
window.Worker = class extends PlainWorker {
  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    this.addEventListener('message', ({ data }: MessageEvent<{ paintMs?: number; peaks?: Float32Array }>) => {
      if (data.paintMs !== undefined && (data.peaks?.length ?? 0) > 3) pictureMs.push(data.paintMs);
    }); // prettier-ignore
  }
};

const host: HostBridge = {
  kind: 'browser',
  pickFiles: () => Promise.resolve([]),
  saveExport: () => Promise.resolve(undefined),
  chooseTarget: () => Promise.resolve(undefined),
  openLink: () => undefined,
  droppedFiles: () => Promise.resolve([]),
  sends: false,
  setMenu: () => undefined,
  onCommand: () => () => undefined,
  toggleFullScreen: () => undefined,
  quit: undefined,
};

const client = new SyntheticClient(plan) as unknown as Client;
const app = new App(client, host, new Dialogs());
app.settings.theme = query.get('theme') === 'light' ? 'light' : 'dark';
app.connection = { kind: 'connected' };
mount(Page, { target: document.getElementById('app') ?? document.body, props: { app } });
await loadAll(app);
app.settings.theme = query.get('theme') === 'light' ? 'light' : 'dark';
app.timeline.setWindow(middle(plan, number('window', 300)));
app.timeline.setZoom(middle(plan, number('zoom', 15)));
const first = app.picks.inView[0];
if (query.has('rows')) {
  app.layout.zoomShare = 0.15;
  while (app.rows.count < Math.min(number('rows', 12), app.rows.ordered.length)) {
    const before = app.rows.count;
    app.rows.changeCount(1);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    if (app.rows.count === before) break;
  }
  while (app.rows.count > number('rows', 12)) app.rows.count = number('rows', 12);
}
if (first) app.selection.currentPickId = first.id;

async function pan(seconds: number): Promise<FrameFigures> {
  const steps: number[] = [];
  pictureMs.length = 0;
  const startedMs = performance.now();
  let beforeMs = startedMs;
  let direction = 1n;
  for (let frame = 0; performance.now() - startedMs < seconds * 1000; frame++) {
    const nowMs = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    if (frame > 0) steps.push(nowMs - beforeMs);
    beforeMs = nowMs;
    // Between frames, where the browser hands out the moves of a pointer.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const length = app.timeline.window.endNs - app.timeline.window.startNs;
    if (frame % 120 === 119) direction = -direction;
    app.timeline.pan((direction * length) / 150n);
  }
  const elapsedS = (performance.now() - startedMs) / 1000;
  steps.sort((a, b) => a - b);
  const pictures = [...pictureMs].sort((a, b) => a - b);
  return {
    framesPerS: steps.length / elapsedS,
    p95FrameMs: steps[Math.floor(steps.length * 0.95)] ?? 0,
    longestFrameMs: steps[steps.length - 1] ?? 0,
    picturesPerS: pictures.length / elapsedS,
    medianPictureMs: pictures[pictures.length >> 1] ?? 0,
    rows: app.rows.visible.length,
    rowPx: (document.querySelector('.rows .plot')?.clientHeight ?? 0) / app.rows.visible.length,
  };
}

window.bench = { pan };
window.onset = { whenIdle: () => app.idle.whenIdle() };
