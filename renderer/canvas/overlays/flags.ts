import type { Onset, PickState, Polarity } from '../../../src/domain/event/pick.ts';
import { formatProbability } from '../axes/numbers.ts';

// Where the flags of picks go. No two ever overlap: each takes the first free place of a fixed list,
// and one that finds none joins its nearest neighbour as "+n".

export interface FlagPick {
  readonly id: number;
  readonly xPx: number;
  readonly phase: string;
  readonly state: PickState;
  readonly onset: Onset | undefined;
  readonly polarity: Polarity | undefined;
  readonly probability: number | undefined;
  readonly selected: boolean;
  /** Something made it less sure: an absent component, resampled records. */
  readonly warned?: boolean;
}

export interface Flag {
  readonly pick: FlagPick;
  readonly text: string;
  readonly lane: number;
  readonly left: number;
  readonly right: number;
  /** −1: left of its line, the quiet side; 1: right of it. */
  readonly side: -1 | 1;
  /** Picks that found no place of their own and are counted here. */
  readonly joined: readonly FlagPick[];
}

export interface FlagRoom {
  readonly left: number;
  readonly right: number;
  readonly lanes: number;
  readonly textWidth: (text: string) => number;
}

const GAP_PX = 2;
const PADDING_PX = 4;
const RIGHTS: Record<PickState, number> = {
  manual: 0,
  confirmed: 1,
  automatic: 2,
  deferred: 3,
  rejected: 4,
};
const ONSET_MARK: Record<Onset, string> = { impulsive: 'i', emergent: 'e', questionable: '?' };
const POLARITY_MARK: Record<Polarity, string> = { up: ' ▲', down: ' ▼', undecidable: ' ×' };

/** Its text in full, without the probability, and the phase alone. */
export function flagForms(pick: FlagPick): readonly [string, string, string] {
  const onset = pick.onset ? ONSET_MARK[pick.onset] : '';
  const polarity = pick.polarity ? POLARITY_MARK[pick.polarity] : '';
  const core = `${onset}${pick.phase || '?'}${polarity}`;
  const warning = pick.warned ? ' !' : '';
  if (pick.state === 'deferred') return [`${core} …${warning}`, core, pick.phase || '?'];
  const showsProbability = pick.state === 'automatic' && pick.probability !== undefined;
  const tail = showsProbability ? ` ${formatProbability(pick.probability ?? 0)}` : '';
  return [core + tail + warning, core, pick.phase || '?'];
}

function byRight(a: FlagPick, b: FlagPick): number {
  return (
    Number(b.selected) - Number(a.selected) ||
    RIGHTS[a.state] - RIGHTS[b.state] ||
    (b.probability ?? 1) - (a.probability ?? 1) ||
    a.xPx - b.xPx
  );
}

/**
 * Lays out the flags of one row or lane. Order of rights: selected, manual, confirmed, automatic by probability,
 * deferred, rejected. A pick whose line is outside the room has no flag.
 */
export function layoutFlags(picks: readonly FlagPick[], room: FlagRoom): Flag[] {
  const joined = new Map<number, FlagPick[]>();
  const inside = picks.filter(({ xPx }) => xPx >= room.left && xPx <= room.right);
  let standing = inside.sort(byRight);
  for (;;) {
    const { placed, homeless } = placeAll(standing, joined, picks, room);
    if (homeless.length === 0 || placed.length === 0) return placed;
    for (const pick of homeless) {
      const host = nearest(placed, pick);
      const own = joined.get(pick.id) ?? [];
      joined.delete(pick.id);
      joined.set(host.id, [...(joined.get(host.id) ?? []), pick, ...own]);
    }
    const gone = new Set(homeless.map((pick) => pick.id));
    standing = standing.filter((pick) => !gone.has(pick.id));
  }
}

function nearest(placed: readonly Flag[], pick: FlagPick): FlagPick {
  const distance = (flag: Flag): number => Math.abs(flag.pick.xPx - pick.xPx);
  return placed.reduce((best, flag) => (distance(flag) < distance(best) ? flag : best)).pick;
}

function placeAll(
  order: readonly FlagPick[],
  joined: ReadonlyMap<number, FlagPick[]>,
  all: readonly FlagPick[],
  room: FlagRoom,
): { placed: Flag[]; homeless: FlagPick[] } {
  const placed: Flag[] = [];
  const homeless: FlagPick[] = [];
  for (const pick of order) {
    const guests = joined.get(pick.id) ?? [];
    const places = placesOf(pick, guests, room).filter((place) => fits(place, placed, room));
    const place = places.find((one) => one.lane > 0 || !crossesLine(one, all)) ?? places[0];
    if (place) placed.push(place);
    else homeless.push(pick);
  }
  return { placed, homeless };
}

/** Every place a flag may take, best first. */
function placesOf(pick: FlagPick, guests: readonly FlagPick[], room: FlagRoom): Flag[] {
  const count = guests.length > 0 ? ` +${guests.length}` : '';
  const forms = flagForms(pick).map((form) => form + count);
  const lanes = Array.from({ length: room.lanes }, (_, lane) => lane);
  const order: [number, number][] = [
    [0, 0],
    [1, 0],
    ...lanes.slice(1).flatMap((lane): [number, number][] => [[0, lane], [1, lane]]), // prettier-ignore
    ...lanes.map((lane): [number, number] => [2, lane]),
  ];
  return order.flatMap(([form, lane]) => {
    const text = forms[form] ?? '';
    const width = Math.ceil(room.textWidth(text)) + 2 * PADDING_PX;
    return ([-1, 1] as const).map((side): Flag => {
      const left = side > 0 ? pick.xPx : pick.xPx - width;
      return { pick, text, lane, left, right: left + width, side, joined: guests };
    });
  });
}

/** Flags back to back may touch at their lines; on the same side they keep a gap. */
function fits(flag: Flag, placed: readonly Flag[], room: FlagRoom): boolean {
  if (flag.left < room.left || flag.right > room.right) return false;
  return !placed.some((other) => {
    if (other.lane !== flag.lane) return false;
    const gap = other.side === flag.side ? GAP_PX : 0;
    return flag.left < other.right + gap && flag.right > other.left - gap;
  });
}

/** Away from its own line it keeps clear of a line by the gap, or the flag of that line would find no place. */
function crossesLine(flag: Flag, picks: readonly FlagPick[]): boolean {
  const [before, after] = flag.side < 0 ? [GAP_PX, -1] : [-1, GAP_PX];
  const [left, right] = [flag.left - before, flag.right + after];
  return picks.some(({ xPx }) => xPx !== flag.pick.xPx && xPx > left && xPx < right);
}
