// What is known of published weights that their files do not say, by the sha-256 of the file.

/** A licence, a source and reference numbers, known of one published file. */
export interface KnownWeights {
  readonly id: string;
  readonly title: string;
  readonly use: string;
  readonly licence: { readonly spdx: string; readonly holder?: string; readonly note?: string };
  /** `repository`, `commit` and `path`, or a `note`. */
  readonly source: Readonly<Record<string, string>>;
  readonly citation?: string;
  /** What they were trained on, one line each. */
  readonly trainingData?: readonly string[];
  readonly samplingRateHz: number;
  /** SeisBench's settings of weights whose file has none beside it. */
  readonly settings?: unknown;
  /** Named changes of the settings, for the card. */
  readonly presets?: Readonly<
    Record<string, { readonly text: string; readonly settings: unknown }>
  >;
  /** How the authors' own program differs from SeisBench's; becomes a preset. */
  readonly original?: Readonly<Record<string, unknown>>;
  /** Names of reference numbers by the network's file name, or by the order of GPD's layers. */
  readonly references: Readonly<Record<string, string>>;
}

const PHASENET: KnownWeights = {
  id: 'phasenet-original',
  title: 'PhaseNet, original weights 190703-214543',
  use: 'picking',
  licence: { spdx: 'MIT', holder: 'Weiqiang Zhu, 2021' },
  source: {
    repository: 'AI4EPS/PhaseNet',
    commit: '62005c6',
    path: 'model/190703-214543/model_95.ckpt',
  },
  citation: 'Zhu and Beroza (2019), doi:10.1093/gji/ggy423',
  trainingData: ['probably NCEDC records, among them those of ncedc'],
  samplingRateHz: 100,
  original: {
    normalisation: 'running mean and std, window 3000, step 1500',
    minimumPeakDistanceSamples: 50,
    call: 'whole trace at once',
  },
  references: { 'model.onnx': 'phasenet-original', 'model-3001.onnx': 'phasenet-original-3001' },
};

const SEISMO_PERFORMER_LICENCE = { spdx: 'MIT', holder: 'Andrey Stepnov, 2020' } as const;
const SEISMO_PERFORMER_DATA = [
  'GPD: 4 773 750 windows of Southern California',
  'STEAD: 2 531 314 windows',
  'Meier et al. noise: 945 571 windows',
] as const;

const RANDOM = {
  use: 'random weights, for importer tests only, never for picking',
  licence: { spdx: 'CC0-1.0', note: 'random numbers' },
  samplingRateHz: 100,
} as const;

const GPD_RANDOM: KnownWeights = {
  ...RANDOM,
  id: 'gpd-random',
  title: 'GPD with random weights',
  source: { note: 'random numbers, made for tests', path: 'gpd-random' },
  references: { fixed: 'gpd-fixed-random', original: 'gpd-original-random' },
};

const randomEqTransformer = (build: string): KnownWeights => ({
  ...RANDOM,
  id: `eqtransformer-${build}-random`,
  title: `EQTransformer, ${build} layout, random weights`,
  source: { note: 'random numbers, made for tests', path: `eqtransformer-${build}-random` },
  references: { 'model.onnx': `eqtransformer-${build}-random` },
});

const WEIGHTS: Readonly<Record<string, KnownWeights>> = {
  // The data file of the checkpoint; its index is checked against it by checksums of its own.
  '9ee2c15dd78fb15de45a55ad64a446f1a0ced152ba4ac5c506d82b9194da85b4': PHASENET,
  // The same tensors under SeisBench's names.
  b0f22e2057fc0124c7ded5928bb20c91b8bc757d5f43cefda7325119ddf36b83: {
    ...PHASENET,
    settings: { model_args: { component_order: 'ENZ', phases: 'NPS', norm: 'std' } },
  },
  d90c9f9ee570cb7155e87574c06fc26145b69460f5b6e7a8f351992b8517c710: {
    id: 'seismo-performer-v2',
    title: 'Seismo-Performer v2.0',
    use: 'picking',
    licence: SEISMO_PERFORMER_LICENCE,
    source: {
      repository: 'jamm1985/seismo-performer',
      commit: 'a14f21b',
      path: 'WEIGHTS/w_model_performer_v2.0.h5',
    },
    citation: 'Stepnov et al. (2021), doi:10.3390/s21186290',
    trainingData: SEISMO_PERFORMER_DATA,
    samplingRateHz: 100,
    references: {
      'model.onnx': 'seismo-performer-v2',
      'model-batch-scaler.onnx': 'seismo-performer-v2-batch',
    },
  },
  a7dbe3f34f546fbe4d486c9106b4b220e2224492a57a3d21260330d151226da5: {
    id: 'spec-cnn-v2',
    title: 'Spec-CNN v2.0',
    use: 'picking',
    licence: SEISMO_PERFORMER_LICENCE,
    source: {
      repository: 'jamm1985/seismo-performer',
      commit: 'a14f21b',
      path: 'WEIGHTS/w_model_cnn_v2.0.h5',
    },
    citation: 'Stepnov et al. (2021), doi:10.3390/s21186290',
    trainingData: SEISMO_PERFORMER_DATA,
    samplingRateHz: 100,
    references: { 'model.onnx': 'spec-cnn-v2', 'model-batch-scaler.onnx': 'spec-cnn-v2-batch' },
  },
  '27ff13bdf7897126c420b8a2779c8bbaa6fccc9f53ee6b5fc89d1d958e6ef34f': {
    id: 'eqtransformer-pnw',
    title: 'EQTransformer, Pacific Northwest',
    use: 'tests only',
    licence: {
      spdx: 'unclear',
      note: 'LICENSE file BSD-3-Clause, package metadata GPL-3.0, docstring names the original MIT model',
    },
    source: {
      repository: 'congcy/ELEP',
      commit: '2f3f22a',
      path: 'docs/tutorials/data/pnw.pt.v1',
    },
    citation: 'Mousavi et al. (2020), doi:10.1038/s41467-020-17591-w',
    samplingRateHz: 100,
    presets: {
      peak: {
        text: 'Divides each component by its largest value: with these weights visibly better than the deviation their settings ask for.',
        settings: {
          preparation: {
            demean: true,
            detrend: false,
            scale: { by: 'peak', scope: 'component', epsilon: 1e-10 },
            taperSamples: 6,
          },
        },
      },
    },
    references: { 'model.onnx': 'eqtransformer-pnw' },
  },
  afb969ab13f7dfe413f823da919dd7fc57369c4807158f97dd07ceed4d09ba8f: {
    id: 'phasenetlight-ethz',
    title: 'PhaseNetLight, ETHZ',
    use: 'tests only (weights sit in a GPL-3.0 repository)',
    licence: { spdx: 'GPL-3.0 repository; none stated for the weights' },
    source: {
      repository: 'seisbench/seisbench',
      commit: 'afac5f1',
      path: 'tests/examples/phasenetlight/ethz.pt.v2',
    },
    samplingRateHz: 100,
    references: { 'model.onnx': 'phasenetlight-ethz' },
  },
  abba0265b6f8fa60736c18e43dcfcdfa44155b692bb8c797cd8f42456c4a6bc6:
    randomEqTransformer('conservative'),
  '15ddd860f4f983b711fc4e7d186f31ed3d450d9546dc13f79b83c87d58ce29aa':
    randomEqTransformer('non-conservative'),
  // SeisBench's file is of the original order only.
  a2d98a59c6e3e61cce49618ed585435793a74e266a0957078170b73a27e0d0c4: {
    ...GPD_RANDOM,
    references: { 'model.onnx': 'gpd-original-random' },
  },
  f282bf5c011adbfe6d42053acf41ce52efccf398266975f950e4e14fc909af8d: GPD_RANDOM,
};

/** Networks whose cards name no published file, or another: reference numbers by their own sha-256. */
const NETWORKS: Readonly<Record<string, string>> = {
  '762a9cda5d8f80e42e4fac6f81b27ed2a4409b1aa11a4913e514c574af356b6b':
    'eqtransformer-conservative-random',
  '5f14a6a5733224c8044615492df3e36aae756d23d2c83fc117d767c902b9779e':
    'eqtransformer-non-conservative-random',
  '9cd7d1a3466a4da9627953cd53d186a8d632ab8b061747629cdd82ab312a0cbd': 'gpd-fixed-random',
};

/** What is known of a published file; undefined for weights nobody told this program of. */
export function knownWeights(sha256: string): KnownWeights | undefined {
  return Object.hasOwn(WEIGHTS, sha256) ? WEIGHTS[sha256] : undefined;
}

/**
 * The name of reference numbers of a network: by the published file it was converted from (and the order of its
 * layers, where the same file makes two networks), otherwise by its own checksum.
 */
export function knownReference(network: {
  readonly file: string;
  readonly sha256: string;
  readonly sourceSha256: string | undefined;
  readonly layerOrder: string | undefined;
}): string | undefined {
  const { file, sha256, sourceSha256, layerOrder } = network;
  const own = Object.hasOwn(NETWORKS, sha256) ? NETWORKS[sha256] : undefined;
  const known = sourceSha256 === undefined ? undefined : knownWeights(sourceSha256);
  return own ?? known?.references[layerOrder ?? file];
}
