// How the authors' own programs run the networks whose weights come without settings: Keras and TensorFlow files.

import { AppError } from '../../base/appError.ts';
import type { WindowPreparation } from '../../domain/event/runSettings.ts';
import { BATCH_SIZE, type RunnerSpec } from '../spec.ts';

type NativeSpec = Omit<RunnerSpec, 'id'>;

const PEAK_OF_WINDOW: WindowPreparation = {
  demean: false,
  detrend: false,
  scale: { by: 'peak', scope: 'window', epsilon: 0 },
  taperSamples: 0,
};

/** Four seconds and one answer for them, which belongs to their middle. */
const POINT: NativeSpec = {
  samplingRateHz: 100,
  windowSamples: 400,
  anyLength: false,
  components: ['N', 'E', 'Z'],
  missingComponents: 'any may be missing: an absent component is fed as zeros',
  labels: ['P', 'S', 'N'],
  filter: undefined,
  detrendRecords: true,
  filterBeforeResampling: true,
  preparation: PEAK_OF_WINDOW,
  output: { kind: 'point', labelSample: 200, strideSamples: 10 },
  stacking: 'avg',
  blindingSamples: [0, 0],
  pickRule: { kind: 'dominance', minimumDistanceSamples: 10_000, windowSamples: 200 },
  thresholds: { P: 0.998, S: 0.998 },
  batchSize: 150,
  presets: {},
};

const SPECTROGRAM: NativeSpec = {
  ...POINT,
  filter: { lowHz: 2, highHz: undefined, corners: 4, zeroPhase: false },
};

const NATIVE: Readonly<Record<string, NativeSpec>> = {
  'seismo-performer': SPECTROGRAM,
  'spec-cnn': SPECTROGRAM,
  gpd: {
    ...POINT,
    filter: { lowHz: 3, highHz: 20, corners: 4, zeroPhase: false },
    pickRule: { kind: 'trigger', off: { level: 0.1 }, minimumWidthSamples: 0 },
    thresholds: { P: 0.95, S: 0.95 },
  },
  eqtransformer: {
    ...POINT,
    windowSamples: 6000,
    components: ['E', 'N', 'Z'],
    labels: ['Detection', 'P', 'S'],
    filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true },
    detrendRecords: false,
    preparation: {
      demean: true,
      detrend: false,
      scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 0 },
      taperSamples: 0,
    },
    output: { kind: 'samples', overlap: 3000 },
    stacking: 'max',
    blindingSamples: [500, 500],
    pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
    thresholds: { Detection: 0.3, P: 0.1, S: 0.1 },
    batchSize: BATCH_SIZE,
  },
  // array-tphasenet's one-station model; its steps of 10 s are kept, its median over windows is a mean here.
  tphasenet: {
    ...POINT,
    samplingRateHz: 40,
    windowSamples: 12_000,
    components: ['E', 'N', 'Z'],
    labels: ['N', 'P', 'S'],
    filter: { lowHz: 2, highHz: 8, corners: 4, zeroPhase: false },
    preparation: {
      demean: true,
      detrend: false,
      scale: { by: 'std', scope: 'window', divisor: 'n', epsilon: 0 },
      taperSamples: 61,
    },
    output: { kind: 'samples', overlap: 11_600 },
    pickRule: { kind: 'peaks', minimumDistanceSamples: 20 },
    thresholds: { P: 0.55, S: 0.45 },
    batchSize: BATCH_SIZE,
  },
  phasenet: {
    ...POINT,
    windowSamples: 3001,
    anyLength: true,
    components: ['E', 'N', 'Z'],
    labels: ['N', 'P', 'S'],
    detrendRecords: false,
    preparation: {
      demean: true,
      detrend: false,
      scale: { by: 'std', scope: 'component', divisor: 'n-1', epsilon: 1e-10 },
      taperSamples: 0,
    },
    output: { kind: 'samples', overlap: 1500 },
    pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
    thresholds: { P: 0.3, S: 0.3 },
    batchSize: BATCH_SIZE,
  },
};

/** The spec of weights in their authors' own files; `architecture` as `convertWeights` names it. Throws `bad-input`. */
export function nativeSpec(id: string, architecture: string): RunnerSpec {
  const spec = Object.hasOwn(NATIVE, architecture) ? NATIVE[architecture] : undefined;
  if (spec !== undefined) return { ...spec, id };
  if (architecture === 'arces-classifier') {
    throw new AppError(
      'bad-input',
      `${id} tells earthquakes from explosions on array beams and picks nothing; it cannot be installed among the pickers`,
    );
  }
  throw new AppError(
    'bad-input',
    `how a "${architecture}" without settings is run is not known here; known are ${Object.keys(NATIVE).join(', ')}; give SeisBench's settings beside the weights`,
  );
}
