// Acts in the product's words: `move P HANS +0.04 s`, `accept 12 picks`, `polarity up HANS P`.

import { secondsBetween } from '../../base/time.ts';
import type { Decision, Pick, PickState } from '../../domain/event/pick.ts';

const MINUS = '−';

/** Seconds with their sign, at least two decimals and as many as a small step needs: `+0.04 s`, `−0.0025 s`. */
export function signedSeconds(seconds: number): string {
  const size = Math.abs(seconds);
  const decimals = [2, 3, 4, 6].find((count) => Number(size.toFixed(count)) === round9(size)) ?? 9;
  return `${seconds < 0 ? MINUS : '+'}${size.toFixed(decimals)} s`;
}

function round9(seconds: number): number {
  return Number(seconds.toFixed(9));
}

function nameOf(pick: Pick): string {
  return `${pick.phase} ${pick.stream.station}`;
}

/** `P HANS`, or `12 picks`. */
export function nameOfAll(picks: readonly Pick[]): string {
  const [first] = picks;
  return first && picks.length === 1 ? nameOf(first) : `${picks.length} picks`;
}

export function decisionLabel(decision: Decision, picks: readonly Pick[]): string {
  return `${decision} ${nameOfAll(picks)}`;
}

type Part = 'time' | 'phase' | 'polarity' | 'onset' | 'weight' | 'uncertainty' | 'filter';

/** What differs between two versions; the filter counts only when nothing else does. */
function partsChanged(before: Pick, after: Pick): Part[] {
  const parts: Part[] = [];
  if (before.time !== after.time) parts.push('time');
  if (before.phase !== after.phase) parts.push('phase');
  if (before.polarity !== after.polarity) parts.push('polarity');
  if (before.onset !== after.onset) parts.push('onset');
  if (before.weight !== after.weight) parts.push('weight');
  const uncertain =
    before.lowerUncertaintyS !== after.lowerUncertaintyS ||
    before.upperUncertaintyS !== after.upperUncertaintyS;
  if (uncertain) parts.push('uncertainty');
  if (parts.length === 0 && describe(before.filter) !== describe(after.filter))
    parts.push('filter');
  return parts;
}

function describe(filter: Pick['filter']): string {
  return filter
    ? [filter.lowHz, filter.highHz, filter.corners, filter.zeroPhase].join(' ')
    : 'none';
}

function uncertaintyText(pick: Pick): string {
  const { lowerUncertaintyS: lower, upperUncertaintyS: upper } = pick;
  if (lower === undefined && upper === undefined) return 'uncertainty cleared';
  if (lower === upper) return `uncertainty ±${lower} s`;
  return `uncertainty ${MINUS}${lower ?? '?'} +${upper ?? '?'} s`;
}

/** The label of a change to one or several picks, given as before and after. */
export function changeLabel(before: readonly Pick[], after: readonly Pick[]): string {
  const who = nameOfAll(before);
  const [old, young] = [before[0], after[0]];
  if (!old || !young) return `change ${who}`;
  const station = before.length === 1 ? `${old.stream.station} ${old.phase}` : who;
  const parts = new Set(
    before.flatMap((pick, index) => {
      const later = after[index];
      return later ? partsChanged(pick, later) : [];
    }),
  );
  if (parts.has('time')) {
    const shifts = new Set(
      before.map((pick, index) => (after[index]?.time ?? pick.time) - pick.time),
    );
    const shift =
      shifts.size === 1 ? ` ${signedSeconds(secondsBetween(old.time, young.time))}` : '';
    return `move ${who}${shift}`;
  }
  if (parts.size !== 1) return `change ${who}`;
  if (parts.has('phase')) return `phase ${young.phase} ${station}`;
  if (parts.has('polarity')) return `polarity ${young.polarity ?? 'cleared'} ${station}`;
  if (parts.has('onset')) return `onset ${young.onset ?? 'cleared'} ${station}`;
  if (parts.has('weight')) return `weight ${young.weight ?? 'cleared'} ${station}`;
  if (parts.has('uncertainty')) return `${uncertaintyText(young)} ${station}`;
  return `filter ${station}`;
}

const STATE_WORDS: Readonly<Record<PickState, string>> = {
  automatic: 'automatic again',
  confirmed: 'accepted',
  manual: 'accepted',
  rejected: 'rejected',
  deferred: 'deferred',
};

/** What one version of a pick did to the one before: `moved +0.04 s`, `polarity up`. */
export function pickVersionLabel(
  before: Pick | undefined,
  pick: Pick,
  entryLabel: string | undefined,
): string {
  if (!before) {
    if (pick.runId !== undefined) return `picked by ${pick.author}, run ${pick.runId}`;
    return entryLabel?.startsWith('import') ? entryLabel : `added by ${pick.author}`;
  }
  const words = partsChanged(before, pick).map((part) => {
    if (part === 'time') return `moved ${signedSeconds(secondsBetween(before.time, pick.time))}`;
    if (part === 'uncertainty') return uncertaintyText(pick);
    if (part === 'filter') return 'filter changed';
    return `${part} ${pick[part] ?? 'cleared'}`;
  });
  if (words.length === 0) return STATE_WORDS[pick.state];
  return words.join(', ');
}
