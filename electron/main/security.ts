import type { ElectronApi, ShellWindow } from './electronApi.ts';

/** Only https links leave the program, and only into the system's browser. */
export function mayOpenOutside(url: string): boolean {
  try {
    return new URL(url).protocol === 'https:';
  } catch {
    return false;
  }
}

/** No permission, no navigation, no second window: the page is ours and stays where it is. */
export function lockDown(api: ElectronApi, window: ShellWindow, allowedUrl: () => string): void {
  api.session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) =>
    answer(false),
  );
  api.session.defaultSession.setPermissionCheckHandler(() => false);
  const refuseElsewhere = (event: { preventDefault(): void }, url: string): void => {
    if (sameOrigin(url, allowedUrl())) return;
    event.preventDefault();
    if (mayOpenOutside(url)) void api.shell.openExternal(url);
  };
  window.webContents.on('will-navigate', (event) => refuseElsewhere(event, event.url));
  window.webContents.on('will-redirect', (event) => refuseElsewhere(event, event.url));
  window.webContents.on('will-attach-webview', (event) => event.preventDefault());
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void api.shell.openExternal(url);
    return { action: 'deny' };
  });
}

function sameOrigin(a: string, b: string): boolean {
  try {
    const [one, two] = [new URL(a), new URL(b)];
    return one.protocol === two.protocol && one.host === two.host;
  } catch {
    return false;
  }
}
