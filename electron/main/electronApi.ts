import type Electron from 'electron';

/** The few parts of Electron the shell touches; handed in, so that its logic is tested without a window. */
export interface ElectronApi {
  readonly app: Pick<
    Electron.App,
    | 'on'
    | 'whenReady'
    | 'quit'
    | 'exit'
    | 'requestSingleInstanceLock'
    | 'getPath'
    | 'getVersion'
    | 'isPackaged'
    | 'getAppPath'
  >;
  readonly BrowserWindow: new (options: Electron.BrowserWindowConstructorOptions) => ShellWindow;
  readonly Menu: Pick<typeof Electron.Menu, 'buildFromTemplate' | 'setApplicationMenu'>;
  readonly dialog: Pick<Electron.Dialog, 'showOpenDialog' | 'showSaveDialog' | 'showErrorBox'>;
  readonly ipcMain: Pick<Electron.IpcMain, 'handle' | 'on'>;
  readonly protocol: Pick<Electron.Protocol, 'handle' | 'registerSchemesAsPrivileged'>;
  readonly session: { readonly defaultSession: ShellSession };
  readonly shell: Pick<Electron.Shell, 'openExternal'>;
  readonly screen: Pick<Electron.Screen, 'getAllDisplays'>;
  readonly utilityProcess: {
    fork(module: string, args?: string[], options?: object): ShellProcess;
  };
  readonly MessageChannelMain: new () => {
    port1: Electron.MessagePortMain;
    port2: Electron.MessagePortMain;
  };
}

export type ShellSession = Pick<
  Electron.Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler'
>;

export type ShellProcess = Pick<Electron.UtilityProcess, 'on' | 'postMessage' | 'kill'>;

export interface ShellWindow {
  readonly webContents: Pick<
    Electron.WebContents,
    'on' | 'setWindowOpenHandler' | 'postMessage' | 'send' | 'getURL' | 'id'
  >;
  loadURL(url: string): Promise<void>;
  on(event: 'close' | 'closed', listener: () => void): unknown;
  getBounds(): Electron.Rectangle;
  getNormalBounds(): Electron.Rectangle;
  isMaximized(): boolean;
  isMinimized(): boolean;
  isFullScreen(): boolean;
  setFullScreen(full: boolean): void;
  maximize(): void;
  restore(): void;
  focus(): void;
  show(): void;
  destroy(): void;
  setTitle(title: string): void;
}
