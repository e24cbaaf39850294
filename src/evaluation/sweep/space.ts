import type { SweepPoint, SweepSpec, SweepValue } from '../../domain/evaluation/sweep.ts';
import { gridSize } from '../../domain/evaluation/sweep.ts';
import type { Random } from '../random.ts';

/** A point as places in the lists of values. */
export type Places = readonly number[];

/** The grid of all values, and which of its points were tried. */
export class SweepSpace {
  readonly names: readonly string[];
  readonly values: readonly (readonly SweepValue[])[];
  readonly size: number;
  readonly #tried = new Set<string>();

  constructor({ parameters }: SweepSpec) {
    this.names = Object.keys(parameters);
    this.values = Object.values(parameters);
    this.size = gridSize(parameters);
  }

  get left(): number {
    return this.size - this.#tried.size;
  }

  pointAt(places: Places): SweepPoint {
    return Object.fromEntries(
      this.names.map((name, i) => [name, this.values[i]?.[places[i] ?? 0] ?? '']),
    );
  }

  take(places: Places): void {
    this.#tried.add(places.join());
  }

  isFree(places: Places): boolean {
    return !this.#tried.has(places.join());
  }

  /** The point with a number in the grid, the last parameter fastest. */
  placesOf(number: number): Places {
    let rest = number;
    return this.values
      .toReversed()
      .map(({ length }) => {
        const place = rest % length;
        rest = Math.floor(rest / length);
        return place;
      })
      .toReversed();
  }

  /** A point that was not tried, each as likely as another; undefined when all were. */
  randomFree(random: Random): Places | undefined {
    if (this.left <= 0) return undefined;
    for (let attempt = 0; attempt < 50; attempt++) {
      const places = this.values.map(({ length }) => random.below(length));
      if (this.isFree(places)) return places;
    }
    // Most are taken, so the grid is small: the n-th free one.
    let skip = random.below(this.left);
    for (let number = 0; number < this.size; number++) {
      const places = this.placesOf(number);
      if (this.isFree(places) && skip-- === 0) return places;
    }
    return undefined;
  }
}
