// Chunks of windows the fast way, wherever it answers what the network's file answers; otherwise the plain way.

import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { Samples } from '../../domain/waveform/traceSegment.ts';
import { windowPeaks } from '../archiveScan/scanWindows.ts';
import type { ModelSpec } from '../spec.ts';
import { COMPONENTS } from './tailGraphs.ts';
import { WINDOW_SAMPLES } from './frameStore.ts';
import {
  type OpenGraphFile,
  openSpectrogramScorer,
  sharesFrames,
  type SpectrogramScorer,
} from './spectrogramScorer.ts';

/** Windows of 400 samples, the first at sample 0, one every `shiftSamples`. */
export interface FastChunk {
  /** In the model's order; undefined where absent. */
  readonly samples: readonly (Samples | undefined)[];
  readonly windows: number;
  readonly shiftSamples: number;
}

/** Probabilities, windows × labels; undefined where the plain way has to be taken. */
export type ScoreChunk = (chunk: FastChunk) => Promise<Float32Array | undefined>;

/** Runs the network's own file on windows × components × samples that are prepared already. */
export type PlainNetwork = (input: Float32Array, windows: number) => Promise<Float32Array>;

/** Rounding of float32 spectra makes 1e-4 between two ways that are both right; more is another network. */
const TOLERANCE = 1e-3;
const CHECKED_WINDOWS = 12;
const CHECKED_SHIFT = 10;

/**
 * The fast way for a model and the settings of a run, or undefined where there is none: for other networks, other
 * preparations of windows than by their peak, strides that share no frames, or a file that answers differently.
 */
export async function openFastChunks(
  model: { readonly spec: ModelSpec; readonly network: Uint8Array },
  settings: RunSettings,
  tools: { readonly open: OpenGraphFile; readonly plain: PlainNetwork },
): Promise<ScoreChunk | undefined> {
  if (!isFit(model.spec, settings)) return undefined;
  const scorer = await openSpectrogramScorer(model.network, tools.open);
  if (scorer === undefined) return undefined;
  if (!((await difference(scorer, tools.plain)) <= TOLERANCE)) {
    await scorer.release();
    return undefined;
  }
  const { scale } = settings.preparation;
  return async ({ samples, windows, shiftSamples }) => {
    const components = rowsOf(samples);
    if (components === undefined) return undefined;
    const divisors =
      scale === undefined
        ? new Float64Array(windows).fill(1)
        : windowPeaks(components, windows, shiftSamples).map((peak) =>
            peak > 0 ? peak + scale.epsilon : 0,
          );
    return scorer.score({
      ...{ components, windows, shiftSamples, divisors },
      batchSize: settings.batchSize,
    });
  };
}

function isFit(
  { output, windowSamples, components }: ModelSpec,
  { everyWindow, preparation, strideSamples, windowSamples: asked = windowSamples }: RunSettings,
): boolean {
  const { demean, detrend, taperSamples, scale } = preparation;
  return (
    everyWindow !== true &&
    output.kind === 'point' &&
    windowSamples === WINDOW_SAMPLES &&
    asked === WINDOW_SAMPLES &&
    components.length === COMPONENTS &&
    sharesFrames(strideSamples) &&
    !demean &&
    !detrend &&
    taperSamples === 0 &&
    (scale === undefined || (scale.by === 'peak' && scale.scope === 'window'))
  );
}

/**
 * The samples as float32. Undefined where windows are special: with not-a-number in them, or with a component that
 * stands still at a value other than 0 for a whole window, which counts as absent.
 */
function rowsOf(samples: readonly (Samples | undefined)[]): Float32Array[] | undefined {
  if (samples.length !== COMPONENTS) return undefined;
  const length = samples.reduce((most, row) => Math.max(most, row?.length ?? 0), 0);
  const rows: Float32Array[] = [];
  for (const values of samples) {
    const row = new Float32Array(length);
    rows.push(row);
    if (values === undefined) continue;
    let still = 0;
    let before = NaN;
    for (let i = 0; i < length; i += 1) {
      const value = values[i] as number;
      if (value - value !== 0) return undefined;
      still = value === before && value !== 0 ? still + 1 : 0;
      if (still >= WINDOW_SAMPLES - 1) return undefined;
      before = value;
      row[i] = value;
    }
  }
  return rows;
}

/** The largest difference in probability over windows with a quiet start, an onset and noise. */
async function difference(scorer: SpectrogramScorer, plain: PlainNetwork): Promise<number> {
  const samples = (CHECKED_WINDOWS - 1) * CHECKED_SHIFT + WINDOW_SAMPLES;
  let state = 1;
  const components = Array.from({ length: COMPONENTS }, (_, component) =>
    Float32Array.from({ length: samples }, (_, i) => {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      const t = Math.max(0, i / 100 - 2);
      const onset = Math.exp(-t / 0.6) * Math.sin(2 * Math.PI * 9 * t) * (component + 1) * 0.3;
      return 0.02 * (state / 2 ** 31 - 0.5) + onset;
    }),
  );
  const divisors = windowPeaks(components, CHECKED_WINDOWS, CHECKED_SHIFT);
  const size = COMPONENTS * WINDOW_SAMPLES;
  const input = new Float32Array(CHECKED_WINDOWS * size);
  for (let w = 0; w < CHECKED_WINDOWS; w += 1) {
    components.forEach((row, component) => {
      for (let i = 0; i < WINDOW_SAMPLES; i += 1) {
        const value = (row[w * CHECKED_SHIFT + i] as number) / (divisors[w] as number);
        input[w * size + component * WINDOW_SAMPLES + i] = value;
      }
    });
  }
  const request = { components, divisors, windows: CHECKED_WINDOWS, shiftSamples: CHECKED_SHIFT };
  const fast = await scorer.score({ ...request, batchSize: CHECKED_WINDOWS });
  const expected = await plain(input, CHECKED_WINDOWS);
  if (expected.length !== fast.length) return Infinity;
  return expected.reduce((most, value, i) => {
    const apart = Math.abs(value - (fast[i] as number));
    return apart <= most ? most : apart;
  }, 0);
}
