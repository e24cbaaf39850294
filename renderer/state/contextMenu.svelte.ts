import type { ContextMenuEntries } from '../actions/contextMenus.ts';

interface Place {
  readonly xPx: number;
  readonly yPx: number;
}

/** The menu under the pointer; one at a time. */
export class ContextMenu {
  /** Where it opens, in the page; undefined while it is closed. */
  at = $state.raw<Place | undefined>(undefined);
  entries = $state.raw<ContextMenuEntries>([]);

  open({ xPx, yPx }: Place, entries: ContextMenuEntries): void {
    this.entries = entries;
    this.at = { xPx, yPx };
  }

  close(): void {
    this.at = undefined;
  }
}
