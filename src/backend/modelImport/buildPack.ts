// From published tensors to the files of a pack: network, card, and what is known or was said of them.

import { AppError } from '../../base/appError.ts';
import type { ModelImportAnswers } from '../../contract/messages/models.ts';
import { seisbenchSpec } from '../../models/annotate/seisbenchSpec.ts';
import { parseModelSpec, parseRunnerSpec } from '../../models/card.ts';
import { convertWeights, type ConvertedNetwork } from '../../models/import/convertWeights.ts';
import { eqTransformerBuildNamed } from '../../models/import/eqTransformerKeras.ts';
import { gpdOrderOf } from '../../models/import/gpd.ts';
import type { NamedTensors } from '../../models/import/weights.ts';
import { publishedName } from '../../models/library/architectureNames.ts';
import { fieldsOf, textOf } from '../../models/library/jsonFields.ts';
import { type KnownWeights, knownWeights } from '../../models/library/knownWeights.ts';
import { nativeSpec } from '../../models/library/nativeSpecs.ts';
import { NETWORK_FILE, isPackId } from '../../models/library/packFacts.ts';
import { cardOf, type CardIdentity } from '../../models/library/writeCard.ts';
import type { RunnerSpec } from '../../models/spec.ts';
import { jsonBytes, type PreparedPack, sha256 } from './preparedPack.ts';

/** Weights with what lay beside them. */
export interface PublishedWeights {
  /** Whether SeisBench's conventions tell how they are run, or their authors'. */
  readonly dialect: 'seisbench' | 'native';
  readonly name: string;
  readonly from: readonly string[];
  /** Name of the folder they lay in. */
  readonly folder: string;
  readonly sha256: string;
  readonly tensors: NamedTensors;
  /** The parsed `.json.vN`. */
  readonly settings: unknown;
  /** The parsed Keras architecture. */
  readonly kerasArchitecture: unknown;
  /** The parsed `model.json` beside weights that no network lies beside: how a person says they are run. */
  readonly card: unknown;
}

const BATCH_SCALER_FILE = 'model-batch-scaler.onnx';
const UNKNOWN = 'unknown';

/** Networks whose tensors do not tell them apart: only the settings do. */
const TOLD_APART_BY_SETTINGS = /^(phasenet|variable-length-phasenet|lfe-detect)$/;

/** Throws `bad-input` naming what is missing, of a wrong shape or unknown. */
export function packOf(
  weights: PublishedWeights,
  answers: ModelImportAnswers,
  program: string,
): PreparedPack {
  const known = knownWeights(weights.sha256);
  const settings = weights.settings ?? known?.settings;
  const gpdOrder = answers.gpdOrder ?? gpdOrderOf(weights.kerasArchitecture);
  const { folder } = weights;
  const build = eqTransformerBuildNamed(weights.name);
  const options = {
    settings,
    folder,
    ...(gpdOrder === undefined ? {} : { gpdOrder }),
    ...(build === undefined ? {} : { eqTransformerBuild: build }),
  };
  const network = convertWeights(weights.tensors, {
    ...options,
    kerasArchitecture: weights.kerasArchitecture,
  });
  const { architecture } = network;
  // Whoever asks may have said it of any file.
  const order = architecture === 'gpd' ? gpdOrder : undefined;
  const id = idOf(weights, answers, known, architecture, order);
  const warnings = settingsWarnings(weights, settings, architecture);
  const spec = specOf(id, weights, settings, network);
  refuseOtherRate(spec, known, weights.name);
  const networks = [{ name: NETWORK_FILE, bytes: network.onnx }];
  const files: Record<string, string> = { [NETWORK_FILE]: lengthText(spec) };
  if (isSpectrogramNet(architecture)) {
    const batch = convertWeights(weights.tensors, { ...options, scaler: 'batch' });
    networks.push({ name: BATCH_SCALER_FILE, bytes: batch.onnx });
    files[NETWORK_FILE] = 'scaler per window';
    files[BATCH_SCALER_FILE] = 'scaler per batch, as published';
  }
  const checksums = Object.fromEntries(networks.map(({ name, bytes }) => [name, sha256(bytes)]));
  const identity: CardIdentity = {
    ...identityOf(weights, answers, known, architecture, order),
    ...(spec.output.kind === 'waveform' ? { use: 'processing' } : {}),
    files,
    checksums,
    imported: { files: weights.from, program },
  };
  const card = cardOf(spec, identity);
  // What is written has to be what will be read.
  parseModelSpec(JSON.parse(JSON.stringify(card)));
  if (known === undefined) {
    warnings.push(
      `${weights.name} is not known to Onset: its licence is ${identity.licence.spdx ?? UNKNOWN}, and its answers were compared with nothing`,
    );
  }
  return {
    id,
    title: identity.title,
    architecture,
    from: weights.from,
    files: [...networks, { name: 'model.json', bytes: jsonBytes(card) }],
    warnings,
  };
}

function isSpectrogramNet(architecture: string): boolean {
  return architecture === 'seismo-performer' || architecture === 'spec-cnn';
}

function lengthText({ anyLength, windowSamples }: RunnerSpec): string {
  return anyLength ? 'any number of samples' : `${windowSamples} samples`;
}

function specOf(
  id: string,
  weights: PublishedWeights,
  settings: unknown,
  network: ConvertedNetwork,
): RunnerSpec {
  const { architecture, windowSamples, anyLength } = network;
  if (saysItself(weights, settings)) return { ...specOfCard(weights.card, network), id };
  const spec =
    weights.dialect === 'seisbench'
      ? seisbenchSpec(id, architecture, settings ?? {})
      : nativeSpec(id, architecture);
  refuseOtherComponents(spec, network, weights.name);
  return { ...spec, windowSamples, anyLength };
}

function refuseOtherComponents(
  { components }: RunnerSpec,
  network: ConvertedNetwork,
  name: string,
): void {
  if (network.components === undefined || network.components === components.length) return;
  throw new AppError(
    'bad-input',
    `${name} takes ${network.components} components, but ${components.join(', ')} are ${components.length}; name them in component_order of its settings, or install it as a pack with a model.json of its own`,
  );
}

/** A card counts where neither SeisBench's settings nor the table of known weights say more. */
function saysItself({ card, sha256 }: PublishedWeights, settings: unknown): boolean {
  return card !== undefined && settings === undefined && knownWeights(sha256) === undefined;
}

function specOfCard(
  card: unknown,
  { architecture, windowSamples, anyLength }: ConvertedNetwork,
): RunnerSpec {
  const spec = parseRunnerSpec(card);
  if (anyLength || spec.windowSamples === windowSamples) return { ...spec, anyLength };
  throw new AppError(
    'bad-input',
    `the card says windows of ${spec.windowSamples} samples, ${architecture} takes ${windowSamples}`,
  );
}

/** Throws `bad-input` where two networks have these tensors and nothing says which. */
function settingsWarnings(
  { dialect, name, card }: PublishedWeights,
  settings: unknown,
  architecture: string,
): string[] {
  if (dialect !== 'seisbench') return [];
  if (settings !== undefined) return outdatedWarnings(name, architecture);
  if (card !== undefined) return [];
  const wanted = name.replace(/\.(pt|pth)(\.v\d+)?$/i, '.json$2');
  if (/\.v\d+$/.test(name) || TOLD_APART_BY_SETTINGS.test(architecture)) {
    throw new AppError(
      'bad-input',
      `${name} needs its settings ${wanted} beside it: component order, labels and normalisation${TOLD_APART_BY_SETTINGS.test(architecture) ? ', and whether it is a PhaseNet or a VariableLengthPhaseNet,' : ''} are not in the weights; put both files into one folder and import again`,
    );
  }
  return [
    `${name} has no settings ${wanted} beside it: component order, labels, rate and normalisation are SeisBench's defaults of ${architecture}; check them before you trust its picks`,
  ];
}

/** Sets whose first version SeisBench itself warns of. */
const WRONG_NORMALISATION =
  /^(ethz|geofon|instance|iquique|lendb|neic|scedc|stead)\.(pt|pth)(\.v1)?$/i;
const WRONG_RATE = /^diting\.(pt|pth)(\.v1)?$/i;

function outdatedWarnings(name: string, architecture: string): string[] {
  const isOne = architecture === 'phasenet' || architecture === 'eqtransformer';
  if (isOne && WRONG_NORMALISATION.test(name)) {
    return [
      `${name}: SeisBench warns that version 1 of this set was published with a wrong normalisation; fetch a newer version`,
    ];
  }
  if (architecture === 'phasenet' && WRONG_RATE.test(name)) {
    return [
      `${name}: SeisBench warns that version 1 of this set says 100 Hz and was trained at 50 Hz; fetch a newer version`,
    ];
  }
  return [];
}

function refuseOtherRate(spec: RunnerSpec, known: KnownWeights | undefined, name: string): void {
  if (known === undefined || known.samplingRateHz === spec.samplingRateHz) return;
  throw new AppError(
    'bad-input',
    `${name} are weights for ${known.samplingRateHz} Hz, its settings say ${spec.samplingRateHz} Hz; fetch the settings again`,
  );
}

function idOf(
  weights: PublishedWeights,
  answers: ModelImportAnswers,
  known: KnownWeights | undefined,
  architecture: string,
  order: string | undefined,
): string {
  const given = answers.id;
  if (given !== undefined) {
    if (isPackId(given)) return given;
    throw new AppError(
      'bad-input',
      `"${given}" cannot be the name of a model; use letters, digits, ".", "_" and "-"`,
    );
  }
  const orders = Object.keys(known?.references ?? {});
  const ending = order !== undefined && orders.includes(order) ? `-${order}` : '';
  if (known !== undefined) return `${known.id}${ending}`;
  const named = textOf(fieldsOf(weights.card)?.id);
  if (named !== undefined && isPackId(named)) return named;
  const stem = slug(weights.name.replace(/\.(pt|pth|h5|hd5|hdf5|ckpt)(\.v\d+)?$/i, ''));
  return (stem.startsWith(architecture) ? stem : `${architecture}-${stem}`).slice(0, 80);
}

function slug(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return plain.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '') || 'model';
}

type Identity = Omit<CardIdentity, 'files' | 'checksums' | 'imported'>;

function identityOf(
  weights: PublishedWeights,
  answers: ModelImportAnswers,
  known: KnownWeights | undefined,
  architecture: string,
  order: string | undefined,
): Identity {
  const docstring = textOf(fieldsOf(weights.settings)?.docstring);
  const layerOrder: Record<string, string> = order === undefined ? {} : { layerOrder: order };
  const name = publishedName(architecture);
  const network = order === undefined ? name : `${name}, ${order} order of layers`;
  if (known !== undefined) {
    return {
      title: known.title,
      network,
      use: known.use,
      licence: { ...known.licence },
      source: { ...known.source, sha256: weights.sha256, ...layerOrder },
      citation: known.citation,
      trainingData: known.trainingData ?? [],
      limits: [],
      original: known.original,
      presets: known.presets,
    };
  }
  const card = fieldsOf(weights.card);
  const said = textOf(fieldsOf(card?.licence)?.spdx);
  return {
    title: textOf(card?.title) ?? `${name}, ${weights.name}`,
    network,
    use: textOf(card?.use) ?? 'picking',
    licence: licenceOf(answers.licence ?? said, docstring),
    source: {
      ...(answers.source === undefined
        ? { note: 'unknown' }
        : { note: `${answers.source} (given by the person who imported it)` }),
      path: weights.name,
      sha256: weights.sha256,
      ...layerOrder,
    },
    citation: undefined,
    trainingData: [],
    limits: ['not known to Onset: nothing was compared with its original'],
    original: undefined,
    presets: undefined,
  };
}

function licenceOf(
  given: string | undefined,
  docstring: string | undefined,
): Record<string, string> {
  const said: Record<string, string> =
    docstring === undefined ? {} : { note: `its settings say: ${docstring.slice(0, 400)}` };
  if (given === undefined) return { spdx: UNKNOWN, ...said };
  return { spdx: given, ...said, holder: 'given by the person who imported it' };
}
