// DeepDenoiser with weights made from a formula, as a pack imported from published weights is.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packOf } from '../src/backend/modelImport/buildPack.ts';
import { seededTensors } from './conformance/seeded.ts';
import { deepDenoiserShapes } from './conformance/seededShapes.ts';

/** Writes the pack into a folder that it makes. */
export function writeDenoiserPack(folder: string): void {
  const pack = packOf(
    {
      ...{ dialect: 'seisbench', name: 'random.pt.v1', from: ['random.pt.v1'], folder: 'weights' },
      ...{ sha256: '0'.repeat(64), settings: {}, kerasArchitecture: undefined, card: undefined },
      tensors: seededTensors(deepDenoiserShapes(), { gains: [[/outc/, 6]] }),
    },
    {},
    'Onset test',
  );
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of pack.files) writeFileSync(join(folder, name), bytes);
}
