// Windows made by formula, so that reference numbers need no recorded data. All are as the network is fed them:
// normalised as their recipe says, whatever the card of the network.

/** A window as it is fed: components × samples. */
export interface FedWindow {
  readonly components: number;
  readonly samples: number;
  readonly values: Float32Array;
}

type Rows = readonly Float64Array[];
type Signal = (timeS: number) => number;

const RATE_HZ = 100;

/** Names of the recipes `fedWindow` knows. */
export const RECIPES = [
  'zeros',
  'pulse',
  'pulseVerticalOnly',
  'noise',
  'pulseInNoise',
  'regional',
  'spectrogramA',
  'spectrogramB',
  'spectrogramC',
] as const;
export type Recipe = (typeof RECIPES)[number];

export function isRecipe(name: string): name is Recipe {
  return RECIPES.some((recipe) => recipe === name);
}

/**
 * The window of a recipe, 100 Hz. Of the first five, rows are the components named by letters; of the
 * spectrogram windows (400 samples), rows are fed as they come and always three.
 */
export function fedWindow(
  recipe: Recipe,
  components: readonly string[],
  samples: number,
): FedWindow {
  switch (recipe) {
    case 'zeros':
      return fed(components.map(() => new Float64Array(samples)));
    case 'pulse':
      return fed(standardised(components.map((letter) => pulse(letter, samples))));
    case 'pulseVerticalOnly': {
      const rows = components.map((letter) =>
        letter === 'Z' ? pulse(letter, samples) : flat(samples),
      );
      return fed(standardised(rows));
    }
    case 'noise':
      return fed(standardised(noiseRows(3, components.length, samples)));
    case 'pulseInNoise': {
      const noise = noiseRows(5, components.length, samples);
      const rows = components.map((letter, row) => added(arrivals(letter, samples), noise[row]));
      return fed(standardised(rows));
    }
    case 'regional':
      return fed(peakScaled(regionalRows(components.length, samples)));
    case 'spectrogramA':
      return spectrogramWindow(1, 0.02, 9, false);
    case 'spectrogramB':
      return spectrogramWindow(2, 0.2, 4, true);
    case 'spectrogramC':
      return spectrogramWindow(3, 1, undefined, false);
  }
}

/** `noise[k][row]` of a linear congruential generator, sample by sample; each row its own. */
function noiseRows(seed: number, rows: number, samples: number): Rows {
  const noise = Array.from({ length: rows }, () => new Float64Array(samples));
  let state = seed;
  for (let k = 0; k < samples; k += 1) {
    for (const row of noise) {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      row[k] = state / 2 ** 31 - 0.5;
    }
  }
  return noise;
}

/** The four seconds the spectrogram networks are compared on: an arrival in the middle, in noise. */
function spectrogramWindow(
  seed: number,
  level: number,
  arrivalHz: number | undefined,
  reversed: boolean,
): FedWindow {
  const rows: Float64Array[] = noiseRows(seed, 3, 400).map((row) =>
    row.map((value) => level * value),
  );
  if (arrivalHz !== undefined) {
    [0.3, 0.2, 1].forEach((scale, component) => {
      rows[component] = added(
        sampled(400, (t) =>
          t < 2 ? 0 : scale * Math.exp(-(t - 2) / 0.6) * sine(arrivalHz, t - 2),
        ),
        rows[component],
      );
    });
  }
  const largest = rows.reduce(
    (most, row) => row.reduce((a, b) => Math.max(a, Math.abs(b)), most),
    0,
  );
  const scaled = rows.map((row) => row.map((value) => value / largest));
  return fed(reversed ? scaled.toReversed() : scaled);
}

interface PulseShape {
  readonly background: Signal;
  readonly first: number;
  readonly second: number;
}

const SHAPES: Readonly<Record<string, PulseShape>> = {
  Z: { background: (t) => 0.1 * sine(3, t, 1), first: 3, second: 1 },
  N: { background: (t) => 0.2 * sine(2, t, 0.5), first: 0.4, second: 4 },
  E: { background: (t) => 0.3 * sine(1, t), first: 0.5, second: 5 },
};
const NOTHING: PulseShape = { background: () => 0, first: 0, second: 0 };

function pulse(letter: string, samples: number): Float64Array {
  const { background } = SHAPES[letter] ?? NOTHING;
  return added(arrivals(letter, samples), sampled(samples, background));
}

/** A sharp arrival at 10 s, strongest on the vertical, and a slower one at 15 s on the horizontals. */
function arrivals(letter: string, samples: number): Float64Array {
  const { first, second } = SHAPES[letter] ?? NOTHING;
  return sampled(samples, (t) => {
    const p = t < 10 ? 0 : first * Math.exp(-(t - 10)) * sine(8, t - 10);
    const s = t < 15 ? 0 : second * Math.exp(-(t - 15) / 1.5) * sine(5, t - 15);
    return p + s;
  });
}

/** Arrivals at 20 and 28 s; strongest in the first row and in the two others. */
function regionalRows(rows: number, samples: number): Rows {
  const scales = [
    { background: 0.3, hz: 1, phase: 0, first: 3, second: 1 },
    { background: 0.2, hz: 2, phase: 0.5, first: 0.5, second: 5 },
    { background: 0.1, hz: 3, phase: 1, first: 0.4, second: 4 },
  ];
  return scales.slice(0, rows).map(({ background, hz, phase, first, second }) =>
    sampled(samples, (t) => {
      const p = t < 20 ? 0 : first * Math.exp(-(t - 20)) * sine(8, t - 20);
      const s = t < 28 ? 0 : second * Math.exp(-(t - 28) / 1.5) * sine(5, t - 28);
      return background * sine(hz, t, phase) + p + s;
    }),
  );
}

/** Each row less its mean, divided by its largest absolute value. */
function peakScaled(rows: Rows): Rows {
  return rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const centred = row.map((value) => value - mean);
    const largest = centred.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return centred.map((value) => value / largest);
  });
}

/** Each row less its mean, divided by its standard deviation (divisor n) + 1e-10; a flat row is zeros. */
function standardised(rows: Rows): Rows {
  return rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    const std = Math.sqrt(variance);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (std <= 1e-9 * largest) return flat(row.length);
    return row.map((value) => (value - mean) / (std + 1e-10));
  });
}

function fed(rows: Rows): FedWindow {
  const samples = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * samples);
  rows.forEach((row, component) => values.set(row, component * samples));
  return { components: rows.length, samples, values };
}

function sine(hz: number, timeS: number, phase = 0): number {
  return Math.sin(2 * Math.PI * hz * timeS + phase);
}

function sampled(samples: number, signal: Signal): Float64Array {
  return Float64Array.from({ length: samples }, (_, k) => signal(k / RATE_HZ));
}

function flat(samples: number): Float64Array {
  return new Float64Array(samples);
}

function added(a: Float64Array, b: Float64Array | undefined): Float64Array {
  return a.map((value, k) => value + (b?.[k] ?? 0));
}
