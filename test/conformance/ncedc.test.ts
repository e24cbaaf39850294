// The chain from raw counts to picks equals the Python runner of the same pack within one pick.
// onset-1 was trained on these records: this is no statement about the model.

import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InferenceClient } from '../../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { startInference } from '../../src/backend/inference/startInference.ts';
import { NCEDC_REFERENCE, NCEDC_RULE, readNcedc, scoreNcedc } from '../bench/ncedcRecords.ts';
import { sharedDir, sharedNote } from '../shared.ts';

const client = new InferenceClient(startInference, 1);
afterAll(() => client.dispose());

test.skipIf(sharedDir() === undefined)(
  `onset-1 picks the 77 NCEDC records (training data) as the Python runner does${sharedNote}`,
  async () => {
    const model = await openModelRegistry().open('onset-1');
    const records = readNcedc(join(sharedDir() ?? '', 'data', 'labelled', 'ncedc'));
    expect(records).toHaveLength(77);
    const scores = await scoreNcedc(client, model, records, NCEDC_RULE);
    for (const phase of ['P', 'S'] as const) {
      const reference = NCEDC_REFERENCE[phase];
      const score = scores[phase];
      expect(Math.abs(score.picks - reference.picks)).toBeLessThanOrEqual(1);
      // One pick more or less.
      expect(Math.abs(score.recall - reference.recall) * records.length).toBeLessThanOrEqual(1.1);
      const good = score.precision * score.picks;
      expect(Math.abs(good - reference.precision * reference.picks)).toBeLessThanOrEqual(1.1);
    }
  },
);
