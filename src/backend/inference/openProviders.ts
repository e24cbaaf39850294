import type { BackendContext } from '../context.ts';
import type { InferenceClient } from './inferenceClient.ts';
import { readVectors } from '../modelImport/install.ts';
import { parityBatches } from '../modelImport/parityBatches.ts';
import { Providers } from './providers.ts';

const known = new WeakMap<InferenceClient, Providers>();

/** One for each model process: what has been compared is not compared again. */
export function providersOf({
  inference,
  models,
}: Pick<BackendContext, 'inference' | 'models'>): Providers {
  const own =
    known.get(inference) ??
    new Providers(inference, async (model) => {
      const pack = await models.find(model.spec.id).catch(() => undefined);
      return pack ? parityBatches(await readVectors(pack.folder), model) : [];
    });
  known.set(inference, own);
  return own;
}
