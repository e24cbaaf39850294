// The two hosts differ in how a person names a file, and in window matters. That difference is here.

import type { ExportRequest } from '../../src/contract/messages/catalog.ts';
import type { FileRef } from '../../src/contract/messages/session.ts';
import type { DesktopHost, FileKind, MenuGroup } from '../../src/contract/hostBridgeTypes.ts';
import type { Client } from '../../src/contract/rpc.ts';
import { saveFile } from './saveFile.ts';

export interface HostBridge {
  readonly kind: 'desktop' | 'browser';
  /** Asks the person for files or a folder; empty when they changed their mind. */
  pickFiles(kind: FileKind): Promise<readonly FileRef[]>;
  /** Writes an export where the person wants it. Returns where it went, or undefined when cancelled. */
  saveExport(request: ExportRequest, suggestedName: string): Promise<string | undefined>;
  /** Where the backend is to write a new file; undefined when the person changed their mind. */
  chooseTarget(suggestedName: string): Promise<FileRef | undefined>;
  openLink(url: string): void;
  /** Files dropped on the page, as the backend may read them; empty where the host cannot grant them. */
  droppedFiles(files: readonly File[]): Promise<readonly FileRef[]>;
  /** Whether dropped files have to be sent, because nobody knows where they lie. */
  readonly sends: boolean;
  setMenu(groups: readonly MenuGroup[]): void;
  /** A menu command; returns the function that stops listening. */
  onCommand(listener: (actionId: string) => void): () => void;
  toggleFullScreen(): void;
  /** Undefined in a browser, whose tab the person closes. */
  readonly quit: (() => void) | undefined;
}

declare global {
  interface Window {
    readonly onsetHost?: DesktopHost;
  }
}

export function desktopBridge(host: DesktopHost, client: Client): HostBridge {
  return {
    kind: 'desktop',
    pickFiles: (kind) => host.pickFiles(kind),
    async saveExport(request, suggestedName) {
      const target = await host.saveAs(suggestedName);
      if (target === undefined) return undefined;
      return (await client.call('export.write', { ...request, target })).path;
    },
    chooseTarget: (suggestedName) => host.saveAs(suggestedName),
    openLink: (url) => host.openLink(url),
    droppedFiles: (files) => host.droppedFiles(files),
    sends: false,
    setMenu: (groups) => host.setMenu(groups),
    onCommand: (listener) => host.onCommand(listener),
    toggleFullScreen: () => host.toggleFullScreen(),
    quit: () => host.quit(),
  };
}

/** In a browser files are chosen from a list of what lies under the host's data folders. */
export function browserBridge(
  client: Client,
  askFiles: (kind: FileKind) => Promise<readonly FileRef[]>,
): HostBridge {
  return {
    kind: 'browser',
    pickFiles: askFiles,
    async saveExport(request) {
      const { fileName, bytes } = await client.call('export.render', request);
      saveFile(fileName, new Blob([new Uint8Array(bytes)]));
      return fileName;
    },
    async chooseTarget(name) {
      const [folder] = await askFiles('folder');
      if (folder === undefined) return undefined;
      return (await client.call('file.create', { folder, name })).file;
    },
    openLink: (url) => void window.open(url, '_blank', 'noopener,noreferrer'),
    droppedFiles: () => Promise.resolve([]),
    sends: true,
    setMenu: () => undefined,
    onCommand: () => () => undefined,
    toggleFullScreen: () => {
      const change = document.fullscreenElement
        ? document.exitFullscreen()
        : document.documentElement.requestFullscreen();
      change.catch(() => undefined);
    },
    quit: undefined,
  };
}
