// The desktop shell: one window, one backend, no science. All logic is here and is given Electron's parts,
// so that it runs in a test without a window; main.ts only hands them in.
import path from 'node:path';
import { BackendProcess } from './backendProcess.ts';
import { serveDialogs } from './dialogs.ts';
import type { ElectronApi, ShellWindow } from './electronApi.ts';
import { menuTemplate, parseMenu } from './menu.ts';
import { PAGE_URL, registerPageScheme, servePage } from './pageProtocol.ts';
import { lockDown, mayOpenOutside } from './security.ts';
import { readWindowState, writeWindowState } from './windowState.ts';

export interface ShellOptions {
  /** Built files: out/. */
  readonly outFolder: string;
  /** Files and folders named on the command line. */
  readonly args: readonly string[];
  log(line: string): void;
}

export class Shell {
  readonly #api: ElectronApi;
  readonly #options: ShellOptions;
  #window: ShellWindow | undefined;
  #backend: BackendProcess | undefined;
  #pageUrl = PAGE_URL;

  constructor(api: ElectronApi, options: ShellOptions) {
    this.#api = api;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { app } = this.#api;
    if (!app.requestSingleInstanceLock()) {
      app.quit();
      return;
    }
    registerPageScheme(this.#api);
    app.on('second-instance', (_event, argv, folder) => this.#openAgain(argv, folder));
    app.on('window-all-closed', () => app.quit());
    app.on('before-quit', () => this.#backend?.close());
    await app.whenReady();
    servePage(this.#api, path.join(this.#options.outFolder, 'renderer'));
    serveDialogs(this.#api, () => this.#backend);
    this.#servePage();
    this.#backend = this.#startBackend();
    await this.#openWindow();
  }

  #startBackend(): BackendProcess {
    const node = path.join(this.#options.outFolder, 'node');
    return new BackendProcess(
      this.#api,
      {
        backend: path.join(node, 'desktop-backend.js'),
        inference: path.join(node, 'desktop-inference.js'),
      },
      this.#options.args,
      {
        hostOpened: (url, reason) => this.#useHost(url, reason),
        failed: (message) => this.#api.dialog.showErrorBox('Onset', message),
      },
    );
  }

  async #openWindow(): Promise<void> {
    const file = path.join(this.#api.app.getPath('userData'), 'window.json');
    const displays = this.#api.screen.getAllDisplays().map((display) => display.workArea);
    const state = readWindowState(file, displays);
    const window = new this.#api.BrowserWindow({
      ...(state.bounds ?? { width: 1600, height: 1000 }),
      minWidth: 1024,
      minHeight: 640,
      show: true,
      backgroundColor: '#0f1113',
      title: 'Onset',
      webPreferences: {
        preload: path.join(this.#options.outFolder, 'electron', 'preload.cjs'),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    });
    this.#window = window;
    if (state.maximized) window.maximize();
    lockDown(this.#api, window, () => this.#pageUrl);
    window.on('close', () =>
      writeWindowState(file, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }),
    );
    window.webContents.on('did-finish-load', () => this.#handOverPort());
    await window.loadURL(this.#pageUrl);
  }

  /** A loaded page gets one end of a new channel, the backend the other; the loopback host needs none. */
  #handOverPort(): void {
    if (!this.#window?.webContents.getURL().startsWith(PAGE_URL)) return;
    const { port1, port2 } = new this.#api.MessageChannelMain();
    this.#backend?.connect(port1);
    this.#window.webContents.postMessage('onset-port', null, [port2]);
  }

  #useHost(url: string, reason: string): void {
    this.#options.log(
      `The page did not answer over its port (${reason}); using the loopback host instead.`,
    );
    this.#pageUrl = url;
    void this.#window?.loadURL(url);
  }

  #servePage(): void {
    const { ipcMain, Menu, shell, app } = this.#api;
    Menu.setApplicationMenu(null);
    ipcMain.on('set-menu', (_event, groups: unknown) => {
      const template = menuTemplate(parseMenu(groups), (id) =>
        this.#window?.webContents.send('command', id),
      );
      Menu.setApplicationMenu(Menu.buildFromTemplate(template));
    });
    ipcMain.on('open-link', (_event, url: unknown) => {
      if (typeof url === 'string' && mayOpenOutside(url)) void shell.openExternal(url);
    });
    ipcMain.on('toggle-full-screen', () =>
      this.#window?.setFullScreen(!this.#window.isFullScreen()),
    );
    ipcMain.on('quit', () => app.quit());
  }

  /** A second start brings the first window forward and opens its files there. */
  #openAgain(argv: readonly string[], folder: string): void {
    if (this.#window?.isMinimized()) this.#window.restore();
    this.#window?.focus();
    const paths = fileArguments(argv).map((file) => path.resolve(folder, file));
    void this.#backend?.grant(paths).then((refs) => {
      if (refs.length > 0) this.#window?.webContents.send('open-files', refs);
    });
  }
}

/** The files and folders among the arguments of a process: everything behind the program that is no switch. */
export function fileArguments(argv: readonly string[]): string[] {
  return argv.slice(1).filter((arg) => !arg.startsWith('-') && arg !== '.');
}
