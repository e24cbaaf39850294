import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ElectronApi } from './electronApi.ts';
import { PAGE_URL, pageResponse } from './pageProtocol.ts';
import { fileArguments, Shell } from './shell.ts';
import { readWindowState } from './windowState.ts';

type Listener = (...args: never[]) => unknown;

/** Records what the shell asks of Electron and lets a test raise Electron's events. */
function recordedElectron(userData: string) {
  const calls: string[] = [];
  const listeners = new Map<string, Listener>();
  const on = (prefix: string) => (event: string, listener: Listener) => {
    listeners.set(`${prefix}:${event}`, listener);
  };
  const raise = (name: string, ...args: unknown[]): unknown =>
    (listeners.get(name) as ((...a: unknown[]) => unknown) | undefined)?.(...args);
  const forked: {
    entry: string;
    args: string[];
    options: object;
    sent: unknown[];
    ports: unknown[];
  }[] = [];
  const windows: { options: Record<string, unknown>; loaded: string[]; sent: unknown[] }[] = [];
  const state = {
    url: '',
    openDialog: [] as string[],
    windowOpen: undefined as undefined | Listener,
  };
  class BrowserWindow {
    readonly record = {
      options: {} as Record<string, unknown>,
      loaded: [] as string[],
      sent: [] as unknown[],
    };
    readonly webContents = {
      id: 1,
      on: on('contents'),
      setWindowOpenHandler: (handler: Listener) => (state.windowOpen = handler),
      postMessage: (channel: string, _message: unknown, ports: unknown[]) =>
        this.record.sent.push([channel, ports]),
      send: (channel: string, value: unknown) => this.record.sent.push([channel, value]),
      getURL: () => state.url,
    };
    constructor(options: Record<string, unknown>) {
      this.record.options = options;
      windows.push(this.record);
    }
    on = on('window');
    async loadURL(url: string) {
      state.url = url;
      this.record.loaded.push(url);
      raise('contents:did-finish-load');
    }
    getBounds = () => ({ x: 10, y: 20, width: 1280, height: 800 });
    getNormalBounds = this.getBounds;
    isMaximized = () => false;
    isMinimized = () => true;
    isFullScreen = () => false;
    setFullScreen = (full: boolean) => calls.push(`fullScreen ${full}`);
    maximize = () => calls.push('maximize');
    restore = () => calls.push('restore');
    focus = () => calls.push('focus');
    show() {}
    destroy() {}
    setTitle() {}
  }
  const api = {
    app: {
      on: on('app'),
      whenReady: async () => {},
      quit: () => calls.push('quit'),
      exit: () => calls.push('exit'),
      requestSingleInstanceLock: () => true,
      getPath: () => userData,
      getVersion: () => '0.1.0',
      getAppPath: () => userData,
      isPackaged: false,
    },
    BrowserWindow,
    Menu: {
      buildFromTemplate: (template: unknown) => template,
      setApplicationMenu: (menu: unknown) => calls.push(`menu ${JSON.stringify(menu)}`),
    },
    dialog: {
      showOpenDialog: async ({ filters = [] }: { filters?: { extensions: string[] }[] }) => {
        calls.push(`open ${filters.map(({ extensions }) => extensions.join(' ')).join(' | ')}`);
        return { canceled: state.openDialog.length === 0, filePaths: state.openDialog };
      },
      showSaveDialog: async () => ({ canceled: false, filePath: '/data/out.xml' }),
      showErrorBox: (title: string, text: string) => calls.push(`error ${title}: ${text}`),
    },
    ipcMain: { handle: on('handle'), on: on('ipc') },
    protocol: { handle: on('protocol'), registerSchemesAsPrivileged: () => calls.push('scheme') },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (handler: Listener) => listeners.set('permission', handler),
        setPermissionCheckHandler: (handler: Listener) => listeners.set('permissionCheck', handler),
      },
    },
    shell: { openExternal: async (url: string) => calls.push(`external ${url}`) },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    utilityProcess: {
      fork: (entry: string, args: string[], options: object) => {
        const record = {
          entry: path.basename(entry),
          args,
          options,
          sent: [] as unknown[],
          ports: [] as unknown[],
        };
        forked.push(record);
        return {
          on: on(record.entry),
          postMessage: (message: unknown, ports: unknown[] = []) => {
            record.sent.push(message);
            record.ports.push(...ports);
          },
          kill: () => calls.push(`kill ${record.entry}`),
        };
      },
    },
    MessageChannelMain: class {
      port1 = { end: 1, close: () => calls.push('close port') };
      port2 = { end: 2 };
    },
  } as unknown as ElectronApi;
  return { api, calls, forked, windows, raise, state };
}

describe('the desktop shell', () => {
  let folder: string;
  let electron: ReturnType<typeof recordedElectron>;
  let log: string[];

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'onset-shell-'));
    electron = recordedElectron(folder);
    log = [];
    const shell = new Shell(electron.api, {
      outFolder: path.join(folder, 'out'),
      args: ['day.mseed'],
      log: (line) => log.push(line),
    });
    await shell.start();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('opens one sandboxed window and gives page and backend the two ends of one channel', () => {
    expect(electron.windows[0]!.options['webPreferences']).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
    });
    expect(electron.windows[0]!.loaded).toEqual([PAGE_URL]);
    expect(electron.forked[0]).toMatchObject({ entry: 'desktop-backend.js', args: ['day.mseed'] });
    expect(electron.forked[0]!.sent).toEqual([{ kind: 'connect' }]);
    expect(electron.forked[0]!.ports).toMatchObject([{ end: 1 }]);
    expect(electron.windows[0]!.sent).toMatchObject([['onset-port', [{ end: 2 }]]]);
  });

  test('loads the loopback host and logs why when the handshake over the port failed', () => {
    const url = 'http://127.0.0.1:4321/#token=abc';
    electron.raise('desktop-backend.js:message', {
      kind: 'host-opened',
      url,
      reason: 'no hello within 5 s',
    });
    expect(electron.windows[0]!.loaded).toEqual([PAGE_URL, url]);
    expect(log).toEqual([
      'The page did not answer over its port (no hello within 5 s); using the loopback host instead.',
    ]);
    // The host's page needs no port: none is handed over a second time.
    expect(electron.forked[0]!.sent).toHaveLength(1);
  });

  test('denies permissions, navigation and new windows, and opens only https outside', () => {
    const answers: boolean[] = [];
    electron.raise('permission', undefined, 'media', (allowed: boolean) => answers.push(allowed));
    expect(answers).toEqual([false]);
    expect(electron.raise('permissionCheck')).toBe(false);
    let prevented = 0;
    const go = (url: string) =>
      electron.raise('contents:will-navigate', { url, preventDefault: () => (prevented += 1) });
    go('https://example.org/a');
    go('file:///etc/passwd');
    go(PAGE_URL);
    expect(prevented).toBe(2);
    const open = electron.state.windowOpen as unknown as (details: { url: string }) => unknown;
    expect(open({ url: 'http://example.org' })).toEqual({ action: 'deny' });
    expect(electron.calls.filter((call) => call.startsWith('external'))).toEqual([
      'external https://example.org/a',
    ]);
  });

  test('answers a file dialog with grants of the backend, never with paths', async () => {
    electron.state.openDialog = ['/data/a.mseed', '/data/b.mseed'];
    const reply = electron.raise('handle:pick-files', {}, 'waveforms') as Promise<string[]>;
    await Promise.resolve();
    await Promise.resolve();
    expect(electron.forked[0]!.sent.at(-1)).toEqual({
      kind: 'grant',
      id: 1,
      paths: ['/data/a.mseed', '/data/b.mseed'],
    });
    electron.raise('desktop-backend.js:message', {
      kind: 'granted',
      id: 1,
      refs: ['grant:x', 'grant:y'],
    });
    expect(await reply).toEqual(['grant:x', 'grant:y']);
    electron.state.openDialog = [];
    await electron.raise('handle:pick-files', {}, 'set');
    expect(electron.calls.at(-1)).toBe('open json | *');
    await electron.raise('handle:pick-files', {}, 'reference');
    expect(electron.calls.at(-1)).toBe('open xml quakeml qml markers txt csv tsv json onset | *');
    expect(await electron.raise('handle:pick-files', {}, 'waveforms')).toEqual([]);
    expect(await electron.raise('handle:pick-files', {}, 'no such kind')).toEqual([]);
  });

  test('builds the menu from what the page sends and returns the chosen action', () => {
    electron.raise('ipc:set-menu', {}, [
      {
        label: 'File',
        entries: [
          { id: 'file.open', label: 'Open…', keys: 'Ctrl+O', enabled: true },
          { label: 'damaged' },
          'not an entry',
        ],
      },
      'not a group',
    ]);
    const menu = JSON.parse(electron.calls.at(-1)!.replace('menu ', ''));
    expect(menu).toEqual([
      {
        label: 'File',
        submenu: [
          { label: 'Open…', enabled: true, accelerator: 'Ctrl+O', registerAccelerator: false },
          { type: 'separator' },
        ],
      },
    ]);
  });

  test('starts inference when the backend asks and gives each a port of one channel', () => {
    electron.raise('desktop-backend.js:message', { kind: 'start-inference' });
    expect(electron.forked[1]!.entry).toBe('desktop-inference.js');
    expect(electron.forked[1]!.options).toMatchObject({ env: { ORT_DISABLE_TELEMETRY: '1' } });
    expect(electron.forked[1]!.ports).toMatchObject([{ end: 2 }]);
    expect(electron.forked[0]!.sent.at(-1)).toEqual({ kind: 'inference-started' });
    electron.raise('desktop-backend.js:message', { kind: 'start-inference' });
    expect(electron.calls).toContain('kill desktop-inference.js');
  });

  test('a second start brings the window forward and opens its files there', async () => {
    electron.raise('app:second-instance', {}, ['/opt/onset', '--flag', 'b.mseed'], '/home/a');
    expect(electron.calls.slice(-2)).toEqual(['restore', 'focus']);
    expect(electron.forked[0]!.sent.at(-1)).toEqual({
      kind: 'grant',
      id: 1,
      paths: [path.resolve('/home/a', 'b.mseed')],
    });
    electron.raise('desktop-backend.js:message', { kind: 'granted', id: 1, refs: ['grant:z'] });
    await new Promise((resolve) => setImmediate(resolve));
    expect(electron.windows[0]!.sent.at(-1)).toEqual(['open-files', ['grant:z']]);
  });

  test('remembers where the window was, and forgets a place no display shows', () => {
    electron.raise('window:close');
    const file = path.join(folder, 'window.json');
    expect(existsSync(file)).toBe(true);
    const display = { x: 0, y: 0, width: 1920, height: 1080 };
    expect(readWindowState(file, [display])).toEqual({
      bounds: { x: 10, y: 20, width: 1280, height: 800 },
      maximized: false,
    });
    expect(readWindowState(file, [{ ...display, x: 5000 }]).bounds).toBeUndefined();
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    expect(readWindowState(file, [display])).toEqual({ bounds: undefined, maximized: true });
  });

  test('says so when the backend dies, and closes it when the program ends', () => {
    electron.raise('desktop-backend.js:exit', 9);
    expect(electron.calls.at(-1)).toMatch(
      /^error Onset: The backend ended unexpectedly \(exit code 9\)/,
    );
    electron.raise('app:before-quit');
    expect(electron.forked[0]!.sent.at(-1)).toEqual({ kind: 'close' });
  });
});

describe('the page protocol', () => {
  test('serves built files with a strict policy and nothing outside the folder', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'onset-page-'));
    writeFileSync(path.join(folder, 'index.html'), '<p>page</p>');
    const page = await pageResponse(folder, 'onset://page/index.html');
    expect(page.status).toBe(200);
    expect(await page.text()).toBe('<p>page</p>');
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    for (const url of [
      'onset://page/../../etc/passwd',
      'onset://page/%2e%2e/%2e%2e/etc/hosts.js',
      'onset://elsewhere/index.html',
      'onset://page/missing.js',
    ]) {
      expect((await pageResponse(folder, url)).status).toBe(404);
    }
    rmSync(folder, { recursive: true });
  });
});

test('arguments of a process: what is no switch and not the program', () => {
  expect(fileArguments(['/opt/onset', '--inspect', '.', 'a.mseed', 'folder'])).toEqual([
    'a.mseed',
    'folder',
  ]);
});
