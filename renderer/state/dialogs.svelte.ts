import type { ImportReport } from '../../src/contract/messages/catalog.ts';
import type { FileRef } from '../../src/contract/messages/session.ts';
import type { FileKind } from '../../src/contract/hostBridgeTypes.ts';

export type DialogKind =
  | 'palette'
  | 'help'
  | 'settings'
  | 'run'
  | 'models'
  | 'input'
  | 'runs'
  | 'denoise'
  | 'export'
  | 'acceptAll'
  | 'event'
  | 'files'
  | 'folderName'
  | 'imported'
  | 'reviewSummary'
  | 'saveSet'
  | 'sets'
  | 'sweep';

/** What the palette looks for when it opens. */
export type PaletteMode = 'all' | 'station' | 'time';

/** Which dialog is open; one at a time. */
export class Dialogs {
  open = $state<DialogKind | undefined>(undefined);
  paletteMode = $state<PaletteMode>('all');
  filterPanel = $state(false);
  jobPopover = $state(false);
  /** The list of runs whose curves the strips show. */
  curveChooser = $state(false);
  /** The keys tab of the settings. */
  settingsTab = $state<'general' | 'keys'>('general');
  /** What the file list is asked for (browser only). */
  fileKind = $state<FileKind>('waveforms');
  /** What the last import has brought. */
  imported = $state.raw<ImportReport | undefined>(undefined);
  #chosen: ((refs: readonly FileRef[]) => void) | undefined;

  show(kind: DialogKind): void {
    this.open = kind;
  }

  showImported(report: ImportReport): void {
    this.imported = report;
    this.open = 'imported';
  }

  showPalette(mode: PaletteMode): void {
    this.paletteMode = mode;
    this.open = 'palette';
  }

  close(): void {
    this.open = undefined;
    this.choose([]);
  }

  /** Closes what floats without being a dialog; says whether there was something. */
  closePopovers(): boolean {
    const any = this.filterPanel || this.jobPopover || this.curveChooser;
    this.filterPanel = false;
    this.jobPopover = false;
    this.curveChooser = false;
    return any;
  }

  /** The file list of the browser host; resolves with what was chosen, empty when closed. */
  askFiles(kind: FileKind): Promise<readonly FileRef[]> {
    this.choose([]);
    this.fileKind = kind;
    this.open = 'files';
    return new Promise((resolve) => {
      this.#chosen = resolve;
    });
  }

  choose(refs: readonly FileRef[]): void {
    const answer = this.#chosen;
    this.#chosen = undefined;
    if (answer && this.open === 'files') this.open = undefined;
    answer?.(refs);
  }
}
