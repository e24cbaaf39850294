// Which network an archive scan runs: an installed model, a pack anywhere, or weights as they were published.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { ArchiveScanOptions, ScanProgram } from '../../domain/event/archiveScan.ts';
import {
  SCAN_LABELS,
  SCAN_RATE_HZ,
  SCAN_WINDOW_SAMPLES,
  scalerFile,
} from '../../models/archiveScan/scanOptions.ts';
import { parseModelSpec } from '../../models/card.ts';
import { assertMayPick } from '../../models/library/permission.ts';
import { NETWORK_FILE } from '../../models/library/packFacts.ts';
import type { RunnableModel } from '../../models/registry.ts';
import type { ModelSpec } from '../../models/spec.ts';
import type { BackendContext } from '../context.ts';
import { gather } from '../modelImport/gather.ts';

/** Networks that come with a file for each way to scale their spectrogram. */
const SPECTROGRAM_NETWORKS = /^(seismo-performer|spec-cnn)$/;

export interface WantedModel {
  readonly modelId: string;
  /** A pack's folder or a weights file. */
  readonly weights: string | undefined;
  readonly program: ScanProgram;
  readonly scaler: ArchiveScanOptions['scaler'];
  readonly allowTestModel: boolean;
}

/** Throws `not-found`, `unreadable-file`, or `bad-input` for a model no archive scan can be made with. */
export async function openScanModel(
  { models, pool, programVersion }: BackendContext,
  wanted: WantedModel,
): Promise<RunnableModel> {
  const { weights } = wanted;
  const model =
    weights === undefined
      ? await installedModel(models, wanted)
      : await modelOfWeights(weights, { pool, programVersion, wanted });
  checkScannable(model.spec);
  assertMayPick(model.spec, wanted.allowTestModel);
  return model;
}

async function installedModel(
  models: BackendContext['models'],
  { modelId, scaler }: WantedModel,
): Promise<RunnableModel> {
  const { folder } = await models.find(modelId);
  const { facts } = await models.readPack(folder);
  const file = fileOf(facts.network, scaler);
  if (file !== NETWORK_FILE && !facts.files.includes(file)) {
    throw new AppError(
      'not-found',
      `${modelId} has no ${file}, the network that scales over the batch; import its weights again, or scan with --scaler window`,
    );
  }
  return models.open(modelId, file);
}

/** A pack for this scan alone; nothing is installed. */
async function modelOfWeights(
  path: string,
  {
    pool,
    programVersion,
    wanted,
  }: Pick<BackendContext, 'pool' | 'programVersion'> & { wanted: WantedModel },
): Promise<RunnableModel> {
  const [candidate, ...more] = await gather([path]);
  if (candidate === undefined || more.length > 0) {
    const text = `${basename(path)} holds ${more.length + (candidate ? 1 : 0)} models; name one weights file or the folder of one pack (${path})`;
    throw new AppError('bad-input', text);
  }
  // Weights of GPD do not tell the order of its layers; each program has its own, unless an architecture lies beside.
  const told = candidate.kind === 'keras' && candidate.architecture !== undefined;
  const gpdOrder = wanted.program === 'gpd' ? 'original' : 'fixed';
  const answers = told ? {} : ({ gpdOrder } as const);
  const program = `Onset ${programVersion}`;
  const pack = await pool.run('readModel', { candidate, answers, program });
  const bytesOf = (name: string): Uint8Array => {
    const file = pack.files.find((each) => each.name === name);
    if (file) return file.bytes;
    throw new AppError('not-found', `${basename(path)} has no ${name}; scan with --scaler window`);
  };
  const card: unknown = JSON.parse(new TextDecoder().decode(bytesOf('model.json')));
  const spec = parseModelSpec(card);
  const file = fileOf(spec.network, wanted.scaler);
  const network = bytesOf(file);
  const sha256 = createHash('sha256').update(network).digest('hex');
  return { spec: { ...spec, file, sha256 }, network };
}

function fileOf(network: string, scaler: WantedModel['scaler']): string {
  return SPECTROGRAM_NETWORKS.test(network) ? scalerFile(scaler) : NETWORK_FILE;
}

function checkScannable({
  id,
  output,
  windowSamples,
  samplingRateHz,
  labels,
  components,
}: ModelSpec): void {
  const fits =
    output.kind === 'point' &&
    windowSamples === SCAN_WINDOW_SAMPLES &&
    samplingRateHz === SCAN_RATE_HZ &&
    labels.join() === SCAN_LABELS.join() &&
    components.length === 3;
  if (fits) return;
  throw new AppError(
    'bad-input',
    `${id} cannot be used for an archive scan: that takes networks with one answer (${SCAN_LABELS.join(', ')}) for windows of ${SCAN_WINDOW_SAMPLES} samples of three components at ${SCAN_RATE_HZ} Hz; run it with onset scan`,
  );
}
