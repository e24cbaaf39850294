import type { EditReply, PickCounts, UndoState } from '../../src/contract/messages/catalog.ts';
import type { ProbabilityTrace } from '../../src/contract/messages/models.ts';
import type { BandFilter } from '../../src/domain/waveform/bandFilter.ts';
import type { Client } from '../../src/contract/rpc.ts';
import {
  type Decision,
  decidedState,
  type Pick,
  type PickChange,
  type PickContent,
} from '../../src/domain/event/pick.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';

type ChangeListener = (picks: readonly Pick[]) => void;

/**
 * The picks the page shows: those around the window, for the traces. The queue keeps its own page of rows.
 * Acts show at once, before the reply; `catalog.changed` brings what others did.
 */
export class PickView {
  /** Picks in and around the trace window and the zoom, ordered by time. Replaced whole. */
  inView = $state.raw<readonly Pick[]>([]);
  counts = $state.raw<PickCounts | undefined>(undefined);
  probabilities = $state.raw<readonly ProbabilityTrace[]>([]);
  undoLabel = $state<string | undefined>(undefined);
  redoLabel = $state<string | undefined>(undefined);
  /** Held with `h`: no pick is drawn, to look at the bare onset. */
  hidden = $state(false);
  /** Draw rejected picks too. */
  showRejected = $state(false);
  /** Edits of this page on their way; their `catalog.changed` needs no reload of the queue. */
  pendingEdits = $state(0);
  /** The revision the newest edit of this page led to. */
  ownRevision = 0;
  readonly client: Client;
  readonly #listeners = new Set<ChangeListener>();
  #added: () => Promise<void> = () => Promise.resolve();

  readonly #filterInForce: () => BandFilter | undefined;

  constructor(client: Client, filterInForce: () => BandFilter | undefined) {
    this.client = client;
    this.#filterInForce = filterInForce;
  }

  /** Hears of every pick this page changes, before and after the backend has answered. */
  onChange(listener: ChangeListener): void {
    this.#listeners.add(listener);
  }

  /** Hears when this page has put a pick into the catalog that was not there. */
  onAdded(listener: () => Promise<void>): void {
    this.#added = listener;
  }

  find(id: number | undefined): Pick | undefined {
    return id === undefined ? undefined : this.inView.find((pick) => pick.id === id);
  }

  async load(window: TimeWindow, signal?: AbortSignal): Promise<void> {
    const page = await this.client.call(
      'catalog.listPicks',
      { window, limit: 5000 },
      signal ? { signal } : {},
    );
    this.inView = page.picks;
  }

  async loadCounts(): Promise<void> {
    this.counts = await this.client.call('catalog.countPicks', {});
  }

  async decide(pickIds: readonly number[], decision: Decision): Promise<void> {
    this.#showAtOnce(pickIds, (pick) => ({ ...pick, state: decidedState(pick.state, decision) }));
    await this.#edit(() => this.client.call('catalog.decidePicks', { pickIds, decision }));
  }

  /** Makes the picks manual; the filter in force is stored with them. */
  async change(pickIds: readonly number[], fields: PickChange): Promise<void> {
    const change = { filter: this.#filterInForce(), ...fields };
    this.#showAtOnce(pickIds, (pick) => ({ ...pick, ...change, state: 'manual' }));
    await this.#edit(() => this.client.call('catalog.changePicks', { pickIds, change }));
  }

  /** `method`: what made the time, where it was not the hand alone. */
  async add(pick: PickContent, method?: string): Promise<number | undefined> {
    const made = method === undefined ? {} : { method };
    const reply = await this.#edit(() => this.client.call('catalog.addPick', { pick, ...made }));
    await this.#added();
    return reply.picks[0]?.id;
  }

  /** A machine's candidate that is in no catalog yet is turned down, in one act. */
  async rejectCandidate(pick: PickContent): Promise<void> {
    await this.#edit(() => this.client.call('catalog.addPick', { pick, rejected: true }));
    await this.#added();
  }

  async undo(): Promise<EditReply> {
    return this.#edit(() => this.client.call('catalog.undo', {}));
  }

  async redo(): Promise<EditReply> {
    return this.#edit(() => this.client.call('catalog.redo', {}));
  }

  setUndo(undo: UndoState): void {
    this.undoLabel = undo.undoLabel;
    this.redoLabel = undo.redoLabel;
  }

  apply(reply: EditReply): void {
    this.ownRevision = Math.max(this.ownRevision, reply.revision);
    this.#show(reply.picks);
    this.setUndo(reply);
  }

  /** Makes an edit, applies its reply; every edit of the page passes here. */
  async edit<R extends EditReply>(work: () => Promise<R>): Promise<R> {
    return this.#edit(work);
  }

  async #edit<R extends EditReply>(work: () => Promise<R>): Promise<R> {
    this.pendingEdits += 1;
    try {
      const reply = await work();
      this.apply(reply);
      return reply;
    } finally {
      this.pendingEdits -= 1;
    }
  }

  #showAtOnce(pickIds: readonly number[], changed: (pick: Pick) => Pick): void {
    const ids = new Set(pickIds);
    const picks = this.inView.filter((pick) => ids.has(pick.id)).map(changed);
    if (picks.length > 0) this.#show(picks);
  }

  #show(picks: readonly Pick[]): void {
    const changed = new Map(picks.map((pick) => [pick.id, pick]));
    const kept = this.inView.filter((pick) => !changed.has(pick.id));
    this.inView = [...kept, ...changed.values()].sort((a, b) => (a.time < b.time ? -1 : 1));
    for (const listener of this.#listeners) listener(picks);
  }
}
