import { formatProbability } from '../../canvas/axes/numbers.ts';
import type { Strip } from '../../canvas/overlays/probability.ts';

// What the probability strips of the zoom need to know of their runs: their height, and the values beside them.

/** The height that a value beside the strips needs for itself. */
export const LABEL_PX = 11;

/** Strips with curves of several runs are higher, as far as the components leave room. */
const TALL = { mostPx: 60, share: 0.21 };

/** Height of one strip; `roomPx` is that of components and strips together. */
export function stripHeightPx(lowPx: number, roomPx: number, runs: number): number {
  if (runs < 2) return lowPx;
  return Math.max(lowPx, Math.min(TALL.mostPx, Math.round(roomPx * TALL.share)));
}

/** Where the threshold of a run's curve lies in a strip. */
export interface ThresholdLine {
  readonly phase: string;
  readonly runId: number;
  readonly value: number;
  readonly yPx: number;
}

export interface ThresholdLabel {
  readonly key: string;
  readonly words: string;
  /** Every run with its value, where there are several runs. */
  readonly title: string;
  /** The middle of the text. */
  readonly yPx: number;
}

interface Group {
  readonly values: readonly number[];
  readonly named: readonly string[];
  readonly words: string;
  readonly yPx: number;
}

/**
 * The values beside one strip. Equal ones of several runs stand once, `AC .30`, and those of all runs without
 * letters; labels that would lie over each other move apart inside the strip. Where it is too low for all, the
 * nearest ones become one, from the lowest to the highest.
 */
export function thresholdLabels(
  lines: readonly ThresholdLine[],
  letters: ReadonlyMap<number, string>,
  strip: Strip,
): ThresholdLabel[] {
  const several = letters.size > 1;
  let groups = grouped(lines, letters).sort((a, b) => a.yPx - b.yPx);
  const most = Math.max(1, Math.floor(strip.height / LABEL_PX));
  while (groups.length > most) groups = withNearestJoined(groups);
  const places = apart(
    groups.map(({ yPx }) => yPx),
    [strip.top + LABEL_PX / 2, strip.top + strip.height - LABEL_PX / 2],
  );
  const [first] = lines;
  return groups.map(({ words, named }, i) => ({
    key: `${first?.phase ?? ''} ${named.join()}`,
    words: several && groups.length > 1 ? words : words.replace(/^[A-D]+ /, ''),
    title: several ? named.join(', ') : '',
    yPx: places[i] ?? 0,
  }));
}

function grouped(lines: readonly ThresholdLine[], letters: ReadonlyMap<number, string>): Group[] {
  const byText = Map.groupBy(lines, ({ value }) => formatProbability(value));
  return [...byText].map(([text, same]) => {
    const own = same.map(({ runId }) => letters.get(runId) ?? '').sort();
    return {
      values: same.map(({ value }) => value),
      named: own.map((letter) => `${letter} ${text}`.trim()),
      words: `${own.join('')} ${text}`.trim(),
      yPx: same.reduce((sum, { yPx }) => sum + yPx, 0) / same.length,
    };
  });
}

function withNearestJoined(groups: readonly Group[]): Group[] {
  const gaps = groups.slice(1).map(({ yPx }, i) => yPx - (groups[i]?.yPx ?? 0));
  const at = gaps.indexOf(Math.min(...gaps));
  const [upper, lower] = groups.slice(at, at + 2);
  if (!upper || !lower) return [...groups];
  const values = [...upper.values, ...lower.values];
  const ends = [Math.min(...values), Math.max(...values)].map(formatProbability);
  const joined: Group = {
    values,
    named: [...upper.named, ...lower.named].sort(),
    words: [...new Set(ends)].join('–'),
    yPx: (upper.yPx + lower.yPx) / 2,
  };
  return [...groups.slice(0, at), joined, ...groups.slice(at + 2)];
}

/** Ascending places moved as little as keeps them `LABEL_PX` apart and between the ends. */
function apart(places: readonly number[], [first, last]: readonly [number, number]): number[] {
  const moved: number[] = [];
  for (const y of places) {
    moved.push(Math.max(y, (moved.at(-1) ?? -Infinity) + LABEL_PX, first));
  }
  for (let i = moved.length - 1; i >= 0; i--) {
    moved[i] = Math.min(
      moved[i] ?? 0,
      i === moved.length - 1 ? last : (moved[i + 1] ?? 0) - LABEL_PX,
    );
  }
  return moved;
}
