import { getContext, setContext } from 'svelte';
import type { SessionInfo } from '../../src/contract/api.ts';
import type { Client } from '../../src/contract/rpc.ts';
import { FilterState } from './filterState.svelte.ts';
import { IdleTracker } from './idle.svelte.ts';
import { PickView } from './pickView.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Timeline } from './timeline.svelte.ts';
import { TraceRows } from './traceRows.svelte.ts';

/** Shared state of the page, made once at the root. */
export class App {
  session = $state.raw<SessionInfo | undefined>(undefined);
  theme = $state<'dark' | 'light'>('dark');
  /** Probability strips under the zoom (`o`). */
  strips = $state(true);
  readonly client: Client;
  readonly idle = new IdleTracker();
  readonly timeline = new Timeline();
  readonly selection = new Selection();
  readonly filter = new FilterState();
  readonly rows = new TraceRows();
  readonly picks: PickView;

  constructor(client: Client) {
    this.client = client;
    this.picks = new PickView(client);
  }
}

const KEY = Symbol('app');

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
