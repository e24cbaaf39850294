import { AppError } from '../../src/base/appError.ts';
import type { PickPage, ValuedPickPage } from '../../src/contract/messages/catalog.ts';
import type { PickQuery } from '../../src/domain/event/pickQuery.ts';
import type { Client } from '../../src/contract/rpc.ts';
import { awaitsReview, type Decision, type Pick } from '../../src/domain/event/pick.ts';
import { formatNslc } from '../../src/domain/waveform/nslc.ts';
import { QueueValues } from './queueValues.svelte.ts';
import type { PickView } from './pickView.svelte.ts';
import type { Selection } from './selection.svelte.ts';
import { RowPages } from './rowPages.ts';
import type { Timeline } from './timeline.svelte.ts';

export const QUEUE_PAGE_ROWS = 500;
/** In the order by value each decision asks again: smaller pages answer sooner. */
const VALUE_PAGE_ROWS = 100;
/** So many rows above the hand keep their place when others change the catalog. */
const MOST_KEPT = 2000;

export type QueueOrder = 'value' | 'threshold' | 'time';
export const QUEUE_ORDERS: readonly QueueOrder[] = ['time', 'threshold', 'value'];

export interface QueueFilter {
  readonly phases: readonly string[];
  /** Only picks that wait, or all with the decided ones greyed. */
  readonly states: 'all' | 'waiting' | 'deferred' | 'reviewed';
  readonly station: string;
  readonly probabilityFrom: number | undefined;
  readonly probabilityTo: number | undefined;
  /** Hash of the parameter set whose runs made them; undefined for all. */
  readonly setHash: string | undefined;
  /** Only these, as a comparison has chosen them; undefined for all. */
  readonly pickIds: readonly number[] | undefined;
  /** What these are: `only A`. */
  readonly pickWords: string;
}

export const NO_FILTER: QueueFilter = {
  phases: [],
  states: 'all',
  station: '',
  probabilityFrom: undefined,
  probabilityTo: undefined,
  setHash: undefined,
  pickIds: undefined,
  pickWords: '',
};

const STATES = {
  all: undefined,
  waiting: ['automatic'],
  deferred: ['deferred'],
  reviewed: ['confirmed', 'manual', 'rejected'],
} as const;

type Loaded = PickPage | ValuedPickPage;

/** What the filter asks of the catalog. */
export function queueQuery(filter: QueueFilter, orderBy: QueueOrder): PickQuery {
  const states = STATES[filter.states];
  return {
    ...(orderBy === 'value' ? {} : { orderBy }),
    ...(filter.pickIds ? { pickIds: filter.pickIds } : {}),
    ...(states ? { states } : {}),
    ...(filter.phases.length > 0 ? { phases: filter.phases } : {}),
    ...(filter.station ? { station: filter.station } : {}),
    ...(filter.setHash === undefined ? {} : { setHash: filter.setHash }),
    ...(filter.probabilityFrom === undefined ? {} : { probabilityFrom: filter.probabilityFrom }),
    ...(filter.probabilityTo === undefined ? {} : { probabilityTo: filter.probabilityTo }),
  };
}

/**
 * The picks to review in their order. Rows are loaded by pages as they come into view; decided ones stay
 * where they are until the next load. The current row is the selection's current pick.
 */
export class ReviewQueue {
  rows = $state.raw(new RowPages(QUEUE_PAGE_ROWS));
  orderBy = $state<QueueOrder>('time');
  filter = $state.raw<QueueFilter>(NO_FILTER);
  loading = $state(false);
  /** Rows in the table's height; set by the view. */
  fits = $state(20);
  readonly values = new QueueValues();
  readonly #client: Client;
  readonly #picks: PickView;
  readonly #selection: Selection;
  readonly #timeline: Timeline;
  #generation = 0;
  /** What the rows at hand were asked to begin with. */
  #kept: readonly number[] = [];
  #wanted = new Set<number>();
  /** Decisions by value wait for each other: each is on the row that the one before led to. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(client: Client, picks: PickView, selection: Selection, timeline: Timeline) {
    this.#client = client;
    this.#picks = picks;
    this.#selection = selection;
    this.#timeline = timeline;
    picks.onChange((changed) => {
      this.rows = this.rows.withChanged(changed);
    });
    // By value only what a machine made stands in it.
    picks.onAdded(() => (this.orderBy === 'value' ? Promise.resolve() : this.reload()));
  }

  /** What the rows are, as the catalog is asked for them. */
  get query(): PickQuery {
    return queueQuery(this.filter, this.orderBy);
  }

  get currentIndex(): number | undefined {
    const id = this.#selection.currentPickId;
    return id === undefined ? undefined : this.rows.indexOf(id);
  }

  get current(): Pick | undefined {
    const id = this.#selection.currentPickId;
    if (id === undefined) return undefined;
    const index = this.rows.indexOf(id);
    return (index === undefined ? undefined : this.rows.at(index)) ?? this.#picks.find(id);
  }

  /** The pick that a decision on the current one goes on to, where it is loaded. */
  get upcoming(): Pick | undefined {
    const start = (this.currentIndex ?? -1) + 1;
    const index = this.rows.findFrom(start, (pick) => awaitsReview(pick.state));
    return index === undefined ? undefined : this.rows.at(index);
  }

  setOrder(orderBy: QueueOrder): Promise<void> {
    this.orderBy = orderBy;
    this.values.forget();
    return this.reload(this.#underTheHand);
  }

  setFilter(change: Partial<QueueFilter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    this.values.forget();
    return this.reload(this.#underTheHand);
  }

  get #pageRows(): number {
    return this.orderBy === 'value' ? VALUE_PAGE_ROWS : QUEUE_PAGE_ROWS;
  }

  /** A new order begins with the row the person is at. */
  get #underTheHand(): readonly number[] {
    const id = this.#selection.currentPickId;
    return id === undefined ? [] : [id];
  }

  /** Down to the current row, where all of it is loaded. */
  get #aboveTheHand(): readonly number[] {
    const rows = Math.min((this.currentIndex ?? -1) + 1, MOST_KEPT);
    const ids = Array.from({ length: rows }, (_, index) => this.rows.at(index)?.id);
    const known = ids.filter((id) => id !== undefined);
    return known.length === rows && rows > 0 ? known : this.values.decided;
  }

  /**
   * Loads what is in view again; the current row keeps its place on the screen. By value, `kept` stands first;
   * what is above the hand when it is not given.
   */
  async reload(kept: readonly number[] = this.#aboveTheHand): Promise<void> {
    const generation = ++this.#generation;
    const at = this.orderBy === 'value' ? kept.length : (this.currentIndex ?? 0);
    const page = Math.floor(at / this.#pageRows);
    this.#wanted.clear();
    this.#kept = this.orderBy === 'value' ? kept : [];
    let rows = new RowPages(this.#pageRows);
    const loaded: Loaded[] = [];
    for (const each of page > 0 ? [page, page - 1] : [0]) {
      const part = await this.#fetch(each);
      if (generation !== this.#generation) return;
      rows = rows.withPage(each, part.picks, part.total);
      loaded.push(part);
    }
    loaded.forEach((part, i) => this.#takeValues(part, i === 0));
    this.rows = rows;
  }

  /** Makes sure that the rows of a range are there. */
  async ensure(first: number, last: number): Promise<void> {
    const generation = this.#generation;
    for (const page of this.rows.missingPages(first, last)) {
      if (this.#wanted.has(page)) continue;
      this.#wanted.add(page);
      const loaded = await this.#fetch(page);
      this.#wanted.delete(page);
      if (generation !== this.#generation) return;
      this.rows = this.rows.withPage(page, loaded.picks, loaded.total);
      this.#takeValues(loaded, false);
    }
  }

  #takeValues(loaded: Loaded, isNewOrder: boolean): void {
    if ('values' in loaded) this.values.take(loaded, isNewOrder);
  }

  async #fetch(page: number): Promise<Loaded> {
    const [limit, { query }] = [this.#pageRows, this];
    const part = { ...query, offset: page * limit, limit };
    return this.orderBy === 'value'
      ? this.#client.call('review.queue', { ...part, kept: this.#kept })
      : this.#client.call('catalog.listPicks', part);
  }

  /** Makes a row current; the view follows. */
  goTo(index: number): void {
    const pick = this.rows.at(index);
    if (pick) this.show(pick);
  }

  /** Makes a pick current wherever it is from; the view follows. */
  show(pick: Pick): void {
    this.#selection.currentPickId = pick.id;
    this.#selection.currentStreamKey = formatNslc(pick.stream);
    this.#selection.pickIds.clear();
    this.#timeline.reveal(pick.time);
    this.#timeline.centreZoom(pick.time);
  }

  /** Moves the current row, deciding nothing. */
  async step(by: number): Promise<void> {
    const { total } = this.rows;
    if (total === 0) return;
    const from = this.currentIndex ?? (by > 0 ? -1 : total);
    const to = Math.min(total - 1, Math.max(0, from + by));
    if (!this.rows.at(to)) await this.ensure(to, to);
    this.goTo(to);
  }

  /**
   * To the next pick that waits for review after the current one, around the end if need be.
   * At once when it is loaded already. Returns false when nothing waits any more.
   */
  async advance(): Promise<boolean> {
    const start = (this.currentIndex ?? -1) + 1;
    const near = this.rows.findFrom(start, (pick) => awaitsReview(pick.state));
    if (near !== undefined) {
      this.goTo(near);
      void this.ensure(near, near + 2 * this.fits).catch(() => undefined);
      return true;
    }
    const { total } = this.rows;
    for (let step = 0; step < total;) {
      const index = (start + step) % total;
      if (!this.rows.at(index)) await this.ensure(index, index);
      const pick = this.rows.at(index);
      if (!pick) return false;
      if (awaitsReview(pick.state)) {
        this.goTo(index);
        return true;
      }
      step += 1;
    }
    return false;
  }

  /** Accepts, rejects or defers what is selected, or the current pick, and goes on. The page shows it before the backend has answered. */
  decide(decision: Decision): Promise<void> {
    if (this.orderBy !== 'value') return this.#decideInOrder(decision);
    const turn = this.#turn.then(() => this.#decideByValue(decision));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The next pick is the first of the order as the decision has made it. */
  async #decideByValue(decision: Decision): Promise<void> {
    const targets = this.#selection.targets();
    if (targets.length === 0) return this.#decideInOrder(decision);
    this.#markInQueue(targets);
    this.#selection.pickIds.clear();
    try {
      await this.#picks.decide(targets, decision);
    } catch (error) {
      await this.reload();
      throw error;
    }
    this.values.decide(targets);
    await this.reload(this.values.decided);
    const next = this.rows.findFrom(this.values.decided.length, (pick) => awaitsReview(pick.state));
    if (next !== undefined) this.goTo(next);
  }

  async #decideInOrder(decision: Decision): Promise<void> {
    const targets = this.#selection.targets();
    if (targets.length === 0) {
      if (!(await this.advance()))
        throw new AppError('not-found', 'No pick waits for review here.');
      return;
    }
    this.#markInQueue(targets);
    const saved = this.#picks.decide(targets, decision);
    this.#selection.pickIds.clear();
    await this.advance();
    try {
      await saved;
    } catch (error) {
      await this.reload();
      throw error;
    }
  }

  /** Rows of the queue that are not in the traces' view take part in the optimistic change. */
  #markInQueue(ids: readonly number[]): void {
    const known = new Set(this.#picks.inView.map((pick) => pick.id));
    const missing = ids.flatMap((id) => {
      const index = known.has(id) ? undefined : this.rows.indexOf(id);
      const pick = index === undefined ? undefined : this.rows.at(index);
      return pick ? [pick] : [];
    });
    if (missing.length > 0) this.#picks.inView = [...this.#picks.inView, ...missing];
  }
}
