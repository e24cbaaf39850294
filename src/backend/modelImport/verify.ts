// A pack compared with its original: its own reference numbers and those known of its checksum, through the
// inference process, as they will be run.

import { AppError, messageOf } from '../../base/appError.ts';
import type { ModelVerification, ParityReport } from '../../domain/event/modelPack.ts';
import { knownReference } from '../../models/library/knownWeights.ts';
import { NETWORK_FILE, type PackFacts } from '../../models/library/packFacts.ts';
import {
  compareWithReference,
  notCompared,
  type ParityReference,
  worstOf,
} from '../../models/library/parity/compare.ts';
import { packReference } from '../../models/library/parity/packVectors.ts';
import { parityReference } from '../../models/library/parity/references.ts';
import type { ModelRegistry, OpenModel, RunnableModel } from '../../models/registry.ts';
import type { InferenceClient } from '../inference/inferenceClient.ts';

export interface VerifyTools {
  readonly models: ModelRegistry;
  readonly inference: InferenceClient;
  /** The parsed `parity.json` of a pack; undefined where it has none. */
  readVectors(folder: string): Promise<unknown>;
}

/** Checks a pack's checksum and answers. A pack that cannot be run or is no picker says so instead. */
export async function verifyPack(tools: VerifyTools, folder: string): Promise<ModelVerification> {
  const pack = await tools.models.readPack(folder);
  const { facts, checksum, problem } = pack;
  const base = { modelId: facts.id, folder, use: facts.use, checksum };
  if (facts.use === 'not-a-picker') {
    return { ...base, problem: `${facts.id} is not a picker: ${facts.useNote}`, parity: undefined };
  }
  if (problem !== undefined) return { ...base, problem, parity: undefined };
  return { ...base, problem: undefined, parity: await comparePack(tools, folder, facts) };
}

/** The worst of the comparisons of a pack's networks. Only `model.onnx` without a reference is told as such. */
export async function comparePack(
  tools: VerifyTools,
  folder: string,
  facts: PackFacts,
): Promise<ParityReport> {
  const reports: ParityReport[] = [];
  for (const file of facts.files) {
    const model = await tools.models.openFolder(folder, file);
    try {
      const references = await referencesOf(tools, folder, model, file);
      for (const reference of references) {
        reports.push(await compareModel(tools.inference, model, reference));
      }
      if (references.length === 0 && file === NETWORK_FILE) {
        reports.push(notCompared(`not compared: nobody told Onset what ${facts.id} has to answer`));
      }
    } catch (error) {
      reports.push({
        ...notCompared(`${file} could not be compared: ${messageOf(error)}`),
        verdict: 'fail',
      });
    }
  }
  return worstOf(reports);
}

/**
 * Runs zeros through the network, one window and two at once: it has to answer in the shape its card says.
 * Throws `service`, and `bad-input` where it takes only one at a time.
 */
export async function tryNetwork(inference: InferenceClient, model: RunnableModel): Promise<void> {
  const { components, windowSamples, id } = model.spec;
  const zeros = (windows: number) => ({
    ...{ input: new Float32Array(windows * components.length * windowSamples) },
    ...{ windows, windowSamples },
  });
  await inference.runWindows(model, zeros(1));
  await inference.runWindows(model, zeros(2)).catch((error: unknown) => {
    throw new AppError(
      'bad-input',
      `${id} takes one window at a time; export it with a batch dimension that is free (${messageOf(error)})`,
    );
  });
}

async function referencesOf(
  tools: VerifyTools,
  folder: string,
  { facts, spec }: OpenModel,
  file: string,
): Promise<ParityReference[]> {
  const { sourceSha256, layerOrder } = facts;
  const references: ParityReference[] = [];
  const known = knownReference({ file, sha256: spec.sha256, sourceSha256, layerOrder });
  if (known !== undefined) references.push(parityReference(known));
  if (file !== NETWORK_FILE) return references;
  const own = packReference(await tools.readVectors(folder), spec);
  if (own !== undefined) references.push(own);
  return references;
}

function compareModel(
  inference: InferenceClient,
  model: RunnableModel,
  reference: ParityReference,
): Promise<ParityReport> {
  const { labels, output, samplingRateHz } = model.spec;
  return compareWithReference(reference, samplingRateHz, async (input, shape) => {
    const [windows = 0, , windowSamples = 0] = shape;
    const values = await inference.runWindows(model, { input, windows, windowSamples });
    const answers = [windows, labels.length];
    return { values, shape: output.kind === 'point' ? answers : [...answers, windowSamples] };
  });
}
