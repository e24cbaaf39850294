// The preset `pnsn`, through the pipeline every run goes, beside PNSN ml_prediction's curves (golden/pick-distribution).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import type { Stacking, WindowScale } from '../../src/domain/event/runSettings.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { parseModelSpec } from '../../src/models/card.ts';
import { ChunkRunner } from '../../src/models/runChunk.ts';
import { mergeSettings } from '../../src/models/settings.ts';
import { sharedDir, sharedNote } from '../shared.ts';

const shared = sharedDir() ?? '';
const golden = path.join(shared, 'golden/pick-distribution');
const BLINDED = 500;

function bytesOf(...names: string[]): Uint8Array {
  return new Uint8Array(readFileSync(path.join(...names)));
}

function record(): Int32Array[] {
  const { segments } = readMiniseed(bytesOf(golden, 'record.mseed'));
  return ['Z', 'N1', 'E2'].map(
    (letters) =>
      segments.find(({ stream }) => letters.includes(stream.channel.at(-1)!))!
        .samples as Int32Array,
  );
}

async function curves(preparation: 'max' | 'std', stacking: Stacking) {
  const pack = path.join(shared, 'models/eqtransformer-pnw');
  const card: unknown = JSON.parse(readFileSync(path.join(pack, 'model.json'), 'utf8'));
  const spec = parseModelSpec(card);
  const { settings: preset } = spec.presets['pnsn']!;
  const std: WindowScale = { by: 'std', scope: 'component', divisor: 'n', epsilon: 0 };
  const settings = mergeSettings(spec, {
    ...preset,
    stacking,
    ...(preparation === 'std' && { preparation: { ...preset.preparation!, scale: std } }),
  });
  const session = await InferenceSession.create(bytesOf(pack, 'model.onnx'), {
    intraOpNumThreads: 1,
  });
  const runner = new ChunkRunner(spec, settings, [0, 1, 2], async (input, windows, samples) => {
    const shape = [windows, spec.components.length, samples];
    const { y } = await session.run({ x: new Tensor('float32', input, shape) });
    return y!.data as Float32Array;
  });
  const components = record();
  const { length } = components[0]!;
  return { length, curves: await runner.stretch(components, length) };
}

describe.skipIf(shared === '')(`the preset pnsn${sharedNote}`, () => {
  test.each([
    ['max', 'max'],
    ['max', 'avg'],
    ['std', 'max'],
    ['std', 'avg'],
  ] as const)('scaled by %s, stacked by %s', async (preparation, stacking) => {
    const name = `curve-mean-${preparation}-${stacking === 'max' ? 'max' : 'mean'}.f32`;
    const expected = new Float32Array(bytesOf(golden, name).buffer);
    const each = expected.length / 3;
    const { length, curves: actual } = await curves(preparation, stacking);
    // The last window is flush with the end here; the original leaves the tail out.
    const compared = Math.min(each, length - 6000);
    expect(compared).toBeGreaterThan(6000);
    actual.forEach((curve, label) => {
      let worst = 0;
      for (let i = 0; i < compared; i += 1) {
        const difference = Math.abs(curve[BLINDED + i]! - expected[label * each + i]!);
        worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);
      }
      expect(worst).toBeLessThanOrEqual(2e-5);
    });
  });
});
