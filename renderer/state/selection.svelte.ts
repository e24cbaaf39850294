import { SvelteSet } from 'svelte/reactivity';

/** NAV: drags pan and zoom. PICK: a click sets a pick of `phase`. */
export type PointerMode =
  { readonly kind: 'nav' } | { readonly kind: 'pick'; readonly phase: string };

/** What the analyst is looking at and acting on. */
export class Selection {
  /** The pick Enter, Backspace and u act on; also the current row of the queue. */
  currentPickId = $state<number | undefined>(undefined);
  /** The trace with the cursor: `NET.STA.LOC.CHA`. Its sensor fills the zoom. */
  currentStreamKey = $state<string | undefined>(undefined);
  /** Picks selected for bulk acts (relabel, event, weight). */
  readonly pickIds = new SvelteSet<number>();
  mode = $state.raw<PointerMode>({ kind: 'nav' });

  select(pickIds: Iterable<number>): void {
    this.pickIds.clear();
    for (const id of pickIds) this.pickIds.add(id);
  }

  /** What an act is meant for: the selected picks, else the current one. */
  targets(): number[] {
    if (this.pickIds.size > 0) return [...this.pickIds];
    return this.currentPickId === undefined ? [] : [this.currentPickId];
  }
}
