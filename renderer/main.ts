import './client/language.ts';
import './theme/base.css';
import 'uplot/dist/uPlot.min.css';
import { mount } from 'svelte';
import Page from './App.svelte';
import { connect, keepConnected } from './client/connect.ts';
import { listen } from './client/events.ts';
import { browserBridge, desktopBridge } from './client/hostBridge.ts';
import { loadAll } from './client/load.ts';
import { listenForPort } from './client/pipe.ts';
import { App } from './state/app.svelte.ts';
import { Dialogs } from './state/dialogs.svelte.ts';

declare global {
  interface Window {
    /** For tests: resolves when the page is neither loading, painting nor computing. */
    onset: { whenIdle(): Promise<void> };
  }
}

let ready: () => void;
const started = new Promise<void>((resolve) => {
  ready = resolve;
});
let page: App | undefined;
window.onset = {
  async whenIdle() {
    await started;
    await page?.idle.whenIdle();
  },
};

async function start(): Promise<void> {
  listenForPort();
  const client = await connect();
  const dialogs = new Dialogs();
  const host = window.onsetHost
    ? desktopBridge(window.onsetHost, client)
    : browserBridge(client, (kind) => dialogs.askFiles(kind));
  const app = new App(client, host, dialogs);
  page = app;
  listen(app);
  mount(Page, { target: document.getElementById('app') ?? document.body, props: { app } });
  keepConnected(client, {
    connected() {
      app.connection = { kind: 'connected' };
      void app.act(() => loadAll(app)).finally(ready);
    },
    lost(reason) {
      app.connection = { kind: 'lost', reason };
    },
    refused(reason) {
      app.connection = { kind: 'refused', reason };
      ready();
    },
  });
}

void start();
