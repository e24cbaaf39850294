import './client/language.ts';
import './theme/base.css';
import 'uplot/dist/uPlot.min.css';
import { mount, unmount } from 'svelte';
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
  const target = document.getElementById('app') ?? document.body;
  let shown: ReturnType<typeof mount> | undefined;
  let end = (): void => undefined;
  /** Each project has a state of its own: nothing of the one before is left in it. The old page stays until it is loaded. */
  const turn = (former?: App): void => {
    const app = new App(client, host, dialogs, former);
    page = app;
    end();
    end = listen(app, () => turn(app));
    const show = (): void => {
      if (page !== app) return;
      if (shown) void unmount(shown);
      shown = mount(Page, { target, props: { app } });
    };
    if (former) void app.act(() => loadAll(app)).finally(show);
    else show();
  };
  turn();
  /** After a pause the host may have another project. */
  const load = (app: App): Promise<void> =>
    app.act(async () => {
      const session = app.session && (await client.call('session.get', {}));
      if (page !== app) return;
      if (session && session.projectPath !== app.session?.projectPath) turn(app);
      else await loadAll(app);
    });
  keepConnected(client, {
    connected() {
      if (!page) return;
      page.connection = { kind: 'connected' };
      void load(page).finally(ready);
    },
    lost(reason) {
      if (page) page.connection = { kind: 'lost', reason };
    },
    refused(reason) {
      if (page) page.connection = { kind: 'refused', reason };
      ready();
    },
  });
}

void start();
