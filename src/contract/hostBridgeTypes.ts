import type { FileRef } from './messages/session.ts';

/** One line of the window's menu, made by the page from its action registry. */
export interface MenuEntry {
  /** The action's id; undefined draws a separator. */
  readonly id: string | undefined;
  readonly label: string;
  /** As people read it, `Ctrl+O`. Shown only: the page handles the keys, so that contexts hold. */
  readonly keys: string | undefined;
  readonly enabled: boolean;
}

export interface MenuGroup {
  readonly label: string;
  readonly entries: readonly MenuEntry[];
}

/** What a person is asked to choose; the dialog names it and lists what may be one. */
export type FileKind =
  'waveforms' | 'import' | 'reference' | 'set' | 'project' | 'folder' | 'models' | 'modelFolder';

/**
 * What the desktop shell offers the page beyond the contract, as `window.onsetHost`.
 * The browser host has none of it: there `renderer/client/hostBridge.ts` answers with dialogs of its own.
 * The port to the backend comes as a window message whose data is `onset-port`.
 */
export interface DesktopHost {
  /** The system's dialog; the grants of what was picked, empty when it was cancelled. */
  pickFiles(kind: FileKind): Promise<readonly FileRef[]>;
  /** Where to save; a grant to write, or undefined when it was cancelled. */
  saveAs(suggestedName: string): Promise<FileRef | undefined>;
  /** Opens an https link in the system's browser. */
  openLink(url: string): void;
  /** Grants for files dropped on the page. */
  droppedFiles(files: readonly unknown[]): Promise<readonly FileRef[]>;
  setMenu(groups: readonly MenuGroup[]): void;
  /** A menu entry was chosen; returns the function that stops listening. */
  onCommand(listener: (actionId: string) => void): () => void;
  /** Files named to a second start of the program; returns the function that stops listening. */
  onOpenFiles(listener: (files: readonly FileRef[]) => void): () => void;
  toggleFullScreen(): void;
  quit(): void;
}
