// The picks of the open project as an order by value sees them, kept up to date from one decision to the next.

import { type EpochNs, epochNs, nsToSeconds } from '../../base/time.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ReviewRow } from '../../catalog/repositories/reviewRepository.ts';
import type { ValuedPickPage } from '../../contract/messages/catalog.ts';
import type { PickQuery } from '../../domain/event/pickQuery.ts';
import { findConflicts } from '../../evaluation/review/conflicts.ts';
import type { DoubtSign, ReviewPick } from '../../evaluation/review/reviewPick.ts';
import { expectedGain, ValueOrder } from '../../evaluation/review/valuePicks.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { Opinions, stationOf } from './opinions.ts';

const DEFAULT_LIMIT = 100;
/** Parts of a query that need no question to the database. */
const ANSWERED_HERE: ReadonlySet<string> = new Set([
  'states',
  'runId',
  'orderBy',
  'offset',
  'limit',
]);

interface Loaded {
  readonly revision: number;
  readonly zero: EpochNs;
  readonly picks: Map<number, ReviewPick>;
  readonly originS: ReadonlyMap<number, number>;
  readonly opinions: Opinions;
  /** By pick id, of picks whose run and time have not changed since. */
  readonly disagreement: Map<number, DoubtSign>;
  readonly order: ValueOrder;
}

/** Reading ten thousand picks takes longer than an answer may: after an act only what it touched is read again. */
export class ValueQueue {
  readonly #catalog: Catalog;
  #loaded: Loaded | undefined;
  #stale = true;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    catalog.onChanged(({ tables }) => {
      if (tables.some((table) => table === 'model_run' || table === 'event' || table === 'origin'))
        this.#stale = true;
    });
  }

  page(query: PickQuery, kept: readonly number[]): ValuedPickPage {
    const { order, picks, revision } = this.#current();
    const { offset = 0, limit = DEFAULT_LIMIT } = query;
    const fits = this.#fitting(query);
    const first = [...new Set(kept)].flatMap((id) => picks.get(id) ?? []).filter(fits);
    const isFirst = new Set(first.map(({ id }) => id));
    const after = order.ranked.filter(({ pick }) => !isFirst.has(pick.id) && fits(pick));
    const decided: ReviewPick[] = [];
    for (const pick of picks.values())
      if (pick.state !== 'automatic' && fits(pick)) decided.push(pick);
    const rest = decided
      .filter(({ id }) => !isFirst.has(id))
      .sort((a, b) => a.timeS - b.timeS || a.id - b.id);
    const all = [...first, ...after.map(({ pick }) => pick), ...rest];
    const shown = all.slice(offset, offset + limit).map(({ id }) => id);
    return {
      picks: this.#picksOf(shown),
      ...{ total: all.length, offset, revision },
      values: shown.flatMap((id) => order.explain(id) ?? []),
      gain: expectedGain(
        after,
        decided.flatMap(({ id }) => order.verdicts.get(id) ?? []),
      ),
    };
  }

  #picksOf(ids: readonly number[]): Pick[] {
    const { picks } = this.#catalog.picks.list({ pickIds: ids, limit: ids.length });
    const byId = new Map(picks.map((pick) => [pick.id, pick]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  #fitting(query: PickQuery): (pick: ReviewPick) => boolean {
    const { states, runId } = query;
    const asked = Object.entries(query).some(
      ([name, value]) => value !== undefined && !ANSWERED_HERE.has(name),
    );
    const ids = asked ? new Set(this.#catalog.picks.ids(query)) : undefined;
    const among = states && new Set(states);
    return (pick) =>
      (ids === undefined || ids.has(pick.id)) &&
      (among === undefined || among.has(pick.state)) &&
      (runId === undefined || pick.runId === runId);
  }

  #current(): Loaded {
    const { revision } = this.#catalog;
    const known = this.#loaded;
    if (known?.revision === revision && !this.#stale) return known;
    const fresh = known && !this.#stale ? this.#updated(known) : this.#read();
    this.#stale = false;
    this.#loaded = fresh;
    return fresh;
  }

  #read(): Loaded {
    const { revision } = this.#catalog;
    const rows = this.#catalog.review.rows();
    const zero = epochNs(rows[0]?.time ?? 0n);
    const picks = new Map(rows.map((row) => [row.id, reviewPick(row, zero)]));
    const origins = this.#catalog.review.originTimes();
    const originS = new Map([...origins].map(([id, time]) => [id, nsToSeconds(time - zero)]));
    const opinions = new Opinions(this.#catalog, zero);
    const disagreement = new Map<number, DoubtSign>();
    for (const pick of picks.values()) note(disagreement, pick, opinions);
    const kept = { revision, zero, picks, originS, opinions, disagreement };
    return { ...kept, order: orderOf(kept) };
  }

  #updated(known: Loaded): Loaded {
    const { revision } = this.#catalog;
    const ids = this.#catalog.review.changedSince(known.revision);
    const rows = new Map(this.#catalog.review.rows(ids).map((row) => [row.id, row]));
    for (const id of ids) {
      const row = rows.get(id);
      if (row === undefined) known.picks.delete(id);
      else known.picks.set(id, reviewPick(row, known.zero));
      const pick = known.picks.get(id);
      known.disagreement.delete(id);
      if (pick) note(known.disagreement, pick, known.opinions);
    }
    return { ...known, revision, order: orderOf(known) };
  }
}

function orderOf({ picks, originS, disagreement }: Omit<Loaded, 'order'>): ValueOrder {
  const list = [...picks.values()];
  return new ValueOrder(list, { disagreement, conflict: findConflicts(list, originS) });
}

/** An analyst's own picks are nobody's to disagree with. */
function note(signs: Map<number, DoubtSign>, pick: ReviewPick, opinions: Opinions): void {
  if (pick.runId === undefined && pick.probability === undefined) return;
  const sign = opinions.on(pick);
  if (sign) signs.set(pick.id, sign);
}

function reviewPick(row: ReviewRow, zero: EpochNs): ReviewPick {
  const { id, family, probability, threshold, state, runId, eventId } = row;
  return {
    ...{ id, phase: family, probability, threshold, state, runId, eventId },
    station: stationOf(row.streamKey),
    timeS: nsToSeconds(row.time - zero),
  };
}
