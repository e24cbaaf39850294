import type { EditReply, PickCounts, ProbabilityTrace } from '../../src/contract/api.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { Decision, Pick, PickChange, PickContent } from '../../src/domain/event/pick.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';

/**
 * The picks the page shows: those around the window, for the traces. The queue keeps its own page of rows.
 * Acts answer at once from the reply; `catalog.changed` brings what others did.
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
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  find(id: number | undefined): Pick | undefined {
    return id === undefined ? undefined : this.inView.find((pick) => pick.id === id);
  }

  async load(window: TimeWindow): Promise<void> {
    const page = await this.client.call('catalog.listPicks', { window, limit: 5000 });
    this.inView = page.picks;
  }

  async decide(pickIds: readonly number[], decision: Decision): Promise<void> {
    this.apply(await this.client.call('catalog.decidePicks', { pickIds, decision }));
  }

  async change(pickIds: readonly number[], change: PickChange): Promise<void> {
    this.apply(await this.client.call('catalog.changePicks', { pickIds, change }));
  }

  async add(pick: PickContent): Promise<number | undefined> {
    const reply = await this.client.call('catalog.addPick', { pick });
    this.apply(reply);
    return reply.picks[0]?.id;
  }

  apply(reply: EditReply): void {
    const changed = new Map(reply.picks.map((pick) => [pick.id, pick]));
    const kept = this.inView.filter((pick) => !changed.has(pick.id));
    this.inView = [...kept, ...changed.values()].sort((a, b) => (a.time < b.time ? -1 : 1));
    this.undoLabel = reply.undoLabel;
    this.redoLabel = reply.redoLabel;
  }
}
