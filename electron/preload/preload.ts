// The one preload script. Sandboxed: it passes on the backend's port, the paths of dropped files and menu
// commands, and nothing else.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { DesktopHost } from '../../src/contract/hostBridgeTypes.ts';

function listen<T>(channel: string, listener: (value: T) => void): () => void {
  const forward = (_event: unknown, value: T): void => listener(value);
  ipcRenderer.on(channel, forward);
  return () => ipcRenderer.off(channel, forward);
}

const host: DesktopHost = {
  pickFiles: (kind) => ipcRenderer.invoke('pick-files', kind),
  saveAs: (suggestedName) => ipcRenderer.invoke('save-as', suggestedName),
  openLink: (url) => ipcRenderer.send('open-link', url),
  droppedFiles: (files) =>
    ipcRenderer.invoke(
      'grant-dropped',
      files.filter((file) => file instanceof File).map((file) => webUtils.getPathForFile(file)),
    ),
  setMenu: (groups) => ipcRenderer.send('set-menu', groups),
  onCommand: (listener) => listen('command', listener),
  onOpenFiles: (listener) => listen('open-files', listener),
  toggleFullScreen: () => ipcRenderer.send('toggle-full-screen'),
  quit: () => ipcRenderer.send('quit'),
};

contextBridge.exposeInMainWorld('onsetHost', host);

// A port cannot cross the context bridge; a window message to our own origin can carry it.
ipcRenderer.on('onset-port', (event) => {
  window.postMessage('onset-port', window.location.origin, [...event.ports]);
});
