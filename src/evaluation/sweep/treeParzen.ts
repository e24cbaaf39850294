// Bayesian search by the tree-structured Parzen estimator (Bergstra et al. 2011): of all points tried, the best
// fifth and the others each give a density per parameter; of points drawn from the density of the good ones, the
// one is tried next where the good are most dense against the others. It needs no scale and takes numbers, texts
// and switches alike. Parameters are taken as independent of each other.

import type { SweepValue } from '../../domain/evaluation/sweep.ts';
import type { Random } from '../random.ts';
import type { Places, SweepSpace } from './space.ts';

export interface Tried {
  readonly places: Places;
  /** Null counts as worse than any number. */
  readonly value: number | null;
}

const GOOD_SHARE = 0.2;
const CANDIDATES = 48;
/** In places of the list of values. */
const NARROWEST = 0.8;

/** The next point to try; undefined when all were. */
export function nextPlaces(
  space: SweepSpace,
  tried: readonly Tried[],
  random: Random,
): Places | undefined {
  const ranked = [...tried].sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || 0);
  const goodCount = Math.max(1, Math.ceil(GOOD_SHARE * ranked.length));
  const good = densities(space, ranked.slice(0, goodCount));
  const others = densities(space, ranked.slice(goodCount));
  let best: { readonly places: Places; readonly gain: number } | undefined;
  for (let i = 0; i < CANDIDATES; i++) {
    const places = good.map((density) => draw(density, random));
    if (!space.isFree(places)) continue;
    const gain = places.reduce((sum, place, parameter) => {
      return sum + Math.log((good[parameter]?.[place] ?? 0) / (others[parameter]?.[place] ?? 1));
    }, 0);
    if (!best || gain > best.gain) best = { places, gain };
  }
  return best?.places ?? space.randomFree(random);
}

/** For each parameter the density over its values. */
function densities(space: SweepSpace, tried: readonly Tried[]): number[][] {
  return space.values.map((values, parameter) =>
    density(
      values,
      tried.map(({ places }) => places[parameter] ?? 0),
    ),
  );
}

/** An even prior that weighs as much as one point, and a bell around each point's place; texts have no neighbours. */
function density(values: readonly SweepValue[], places: readonly number[]): number[] {
  const length = values.length;
  const ordered = values.every((value) => typeof value === 'number');
  const width = bellWidth(places, length);
  const weights = new Array<number>(length).fill(1 / length);
  for (const place of places) {
    const bell = values.map((_, other) => {
      if (!ordered) return other === place ? 1 : 0;
      return Math.exp(-0.5 * ((other - place) / width) ** 2);
    });
    const total = bell.reduce((sum, weight) => sum + weight, 0);
    bell.forEach((weight, other) => {
      weights[other] = (weights[other] ?? 0) + weight / total;
    });
  }
  return weights.map((weight) => weight / (places.length + 1));
}

/** Silverman's rule for the width of a bell, not narrower than to reach the neighbours. */
function bellWidth(places: readonly number[], length: number): number {
  const n = places.length;
  if (n < 2) return Math.max(NARROWEST, length / 6);
  const mean = places.reduce((sum, place) => sum + place, 0) / n;
  const variance = places.reduce((sum, place) => sum + (place - mean) ** 2, 0) / (n - 1);
  return Math.max(NARROWEST, 1.06 * Math.sqrt(variance) * n ** -0.2);
}

function draw(weights: readonly number[], random: Random): number {
  let rest = random.next();
  for (let place = 0; place < weights.length; place++) {
    rest -= weights[place] ?? 0;
    if (rest < 0) return place;
  }
  return weights.length - 1;
}
