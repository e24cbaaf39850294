// The contact sheet: candidates nearest to the threshold, each aligned on its pick, kept or rejected one by one.

import { untrack } from 'svelte';
import type { EpochNs } from '../../src/base/time.ts';
import { isKept, limitsOf, type PickSelection } from '../../src/domain/event/candidates.ts';
import {
  awaitsReview,
  type PickContent,
  type PickState,
  phaseFamily,
} from '../../src/domain/event/pick.ts';
import { parseNslc, sensorKey as sensorOf } from '../../src/domain/waveform/nslc.ts';
import type { TuningHost } from './tuningHost.ts';
import type { Tuning } from './tuning.svelte.ts';
import { entryAt } from './tuningChanges.ts';
import { sensorStream } from './sensorStream.ts';

interface Candidate {
  readonly key: string;
  readonly sensorKey: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly height: number;
  readonly kept: boolean;
}

export interface SheetCard extends Candidate {
  readonly streamKey: string;
  readonly pickId: number | undefined;
  readonly state: PickState | undefined;
}

const QUIET_MS = 300;

/** Places of the candidates nearest to their thresholds, nearest first. */
export function nearestToThreshold(
  { table }: PickSelection,
  limits: Float64Array,
  count: number,
): number[] {
  const { sensors, phases, heights, labels } = table;
  const best: { place: number; away: number }[] = [];
  for (let i = 0; i < heights.length; i += 1) {
    const limit = limits[(sensors[i] as number) * labels.length + (phases[i] as number)] as number;
    const away = Math.abs((heights[i] as number) - limit);
    const last = best.at(-1);
    if (best.length === count && last !== undefined && away >= last.away) continue;
    const at = best.findIndex((one) => one.away > away);
    best.splice(at < 0 ? best.length : at, 0, { place: i, away });
    if (best.length > count) best.pop();
  }
  return best.map(({ place }) => place);
}

export class TuningSheet {
  cards = $state.raw<readonly SheetCard[]>([]);
  currentKey = $state('');
  /** Cards that fit; set by the view. */
  fits = $state(10);
  /** Decided in this session: they are not offered again. */
  #decided = new Set<string>();
  readonly #app: TuningHost;
  readonly #tuning: Tuning;

  constructor(app: TuningHost, tuning: Tuning) {
    this.#app = app;
    this.#tuning = tuning;
  }

  readonly current = $derived.by(
    () => this.cards.find(({ key }) => key === this.currentKey) ?? this.cards[0],
  );

  /** For an effect: after a moment without a change of picks. */
  follow(): (() => void) | undefined {
    const { picks, draft } = this.#tuning;
    const { fits } = this;
    if (!picks || !draft || fits < 1) return undefined;
    let stopped = false;
    const end = this.#app.idle.begin();
    const timer = setTimeout(() => {
      void this.#app
        .act(async () => {
          const limits = limitsOf(picks.table, draft);
          const cards = await this.#cardsOf(picks, nearestToThreshold(picks, limits, 3 * fits));
          if (!stopped) this.cards = cards.slice(0, fits);
        })
        .finally(end);
    }, QUIET_MS);
    return () => {
      stopped = true;
      clearTimeout(timer);
      end();
    };
  }

  /** For an effect: decisions made elsewhere show on the cards, where they lie. */
  followDecisions(): void {
    void this.#app.revision;
    const cards = untrack(() => this.cards);
    if (cards.length === 0) return;
    const { picks, idle } = this.#app;
    const look = this.#app.act(async () => {
      const now = await this.#withPicks(cards);
      // While an edit of this page is under way the catalog lags behind the cards; its end is told as well.
      if (picks.pendingEdits > 0) return;
      const byKey = new Map(now.map((card) => [card.key, card]));
      this.cards = this.cards.map((card) => byKey.get(card.key) ?? card);
      // What was undone waits again.
      for (const card of now) if (isOpen(card)) this.#decided.delete(card.key);
    });
    void idle.during(look);
  }

  async #cardsOf(picks: PickSelection, places: readonly number[]): Promise<SheetCard[]> {
    const entries = places
      .map((place) => ({ ...entryAt(picks.table, place), kept: isKept(picks, place) }))
      .map((entry) => ({ ...entry, key: `${entry.sensorKey} ${entry.phase} ${entry.time}` }))
      .filter(({ key }) => !this.#decided.has(key));
    const cards = await this.#withPicks(entries);
    return cards.filter(isOpen);
  }

  /** What the catalog says of them, asked once: a candidate that it has is there to the nanosecond. */
  async #withPicks(entries: readonly Candidate[]): Promise<SheetCard[]> {
    const times = [...new Set(entries.map(({ time }) => time))];
    if (times.length === 0) return [];
    const page = await this.#app.client.call('catalog.listPicks', { times, limit: 5000 });
    const byPlace = new Map(
      page.picks.toReversed().map((pick) => [placeOf(sensorOf(pick.stream), pick), pick]),
    );
    return entries.map((entry): SheetCard => {
      const { sensorKey, phase } = entry;
      const pick = byPlace.get(placeOf(sensorKey, entry));
      const streamKey = sensorStream(this.#app.rows.streams, sensorKey, phase);
      return { ...entry, streamKey, pickId: pick?.id, state: pick?.state };
    });
  }

  step(by: number): void {
    const { cards, current } = this;
    const at = current ? cards.indexOf(current) : -1;
    const next = cards[Math.min(cards.length - 1, Math.max(0, at + by))];
    if (next) this.currentKey = next.key;
  }

  /** Keeps or rejects the current card in the catalog and goes on; a candidate that is not in it becomes a pick by it. */
  async decide(decision: 'accept' | 'reject'): Promise<void> {
    const card = this.current;
    if (!card || this.#decided.has(card.key)) return;
    if (!isOpen(card)) {
      this.#app.remark = `${card.phase} ${card.sensorKey} was decided elsewhere: it is ${card.state}`;
      return;
    }
    this.#decided.add(card.key);
    const { picks } = this.#app;
    const state: PickState = decision === 'reject' ? 'rejected' : card.pickId === undefined ? 'manual' : 'confirmed'; // prettier-ignore
    this.cards = this.cards.map((each) => (each.key === card.key ? { ...each, state } : each));
    const next = this.cards.find((each) => !this.#decided.has(each.key) && isOpen(each));
    if (next) this.currentKey = next.key;
    if (card.pickId !== undefined) await picks.decide([card.pickId], decision);
    else if (decision === 'reject') await picks.rejectCandidate(this.#content(card));
    else await picks.add(this.#content(card));
  }

  #content({ streamKey, time, phase, height }: SheetCard): PickContent {
    const none = { lowerUncertaintyS: undefined, upperUncertaintyS: undefined, polarity: undefined, onset: undefined, weight: undefined }; // prettier-ignore
    const stream = parseNslc(streamKey);
    return { ...none, stream, time, phase, probability: height, filter: this.#app.filter.inForce };
  }
}

const isOpen = ({ state }: SheetCard): boolean => state === undefined || awaitsReview(state);

function placeOf(
  sensorKey: string,
  at: { readonly phase: string; readonly time: EpochNs },
): string {
  return `${sensorKey} ${phaseFamily(at.phase)} ${at.time}`;
}
