import type { Client } from '../../src/contract/rpc.ts';
import type { SeismicEvent } from '../../src/domain/event/seismicEvent.ts';

/** The events of the catalog, and the one that new picks are associated with. */
export class EventList {
  list = $state.raw<readonly SeismicEvent[]>([]);
  activeId = $state<number | undefined>(undefined);
  readonly active = $derived(this.list.find((event) => event.id === this.activeId));
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async load(): Promise<void> {
    this.list = await this.#client.call('catalog.listEvents', { window: undefined });
    if (this.activeId !== undefined && !this.active) this.activeId = undefined;
  }
}
