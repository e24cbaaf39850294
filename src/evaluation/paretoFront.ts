/** A set of parameters by what it finds and what it finds too much. */
export interface Tradeoff {
  readonly recall: number;
  readonly falsePerHour: number;
}

/**
 * Indices of those that no other beats: none has at least the recall for at most the false picks, and one of both
 * better. In order of false picks; of equals all.
 */
export function paretoFront(points: readonly Tradeoff[]): number[] {
  const order = points
    .map((point, index) => ({ ...point, index }))
    .sort((a, b) => a.falsePerHour - b.falsePerHour || b.recall - a.recall || a.index - b.index);
  let last: Tradeoff | undefined;
  return order
    .filter((point) => {
      const equal = last?.recall === point.recall && last.falsePerHour === point.falsePerHour;
      if (last && !equal && point.recall <= last.recall) return false;
      last = point;
      return true;
    })
    .map(({ index }) => index);
}
