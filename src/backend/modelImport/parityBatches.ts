import type { RunnableModel } from '../../models/registry.ts';
import { packReference } from '../../models/library/parity/packVectors.ts';
import type { ComparedBatch } from '../inference/providers.ts';

/** The windows of a pack's own `parity.json`, as they are fed; none where it has none. */
export function parityBatches(vectors: unknown, { spec }: RunnableModel): ComparedBatch[] {
  const { batches = [] } = packReference(vectors, spec) ?? {};
  return batches.flatMap((batch) => {
    const [first] = batch;
    if (first === undefined) return [];
    const { components, samples } = first.input;
    const input = new Float32Array(batch.length * components * samples);
    batch.forEach((window, k) => input.set(window.input.values, k * components * samples));
    return { input, windows: batch.length, windowSamples: samples };
  });
}
