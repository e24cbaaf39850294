// onset-1 over the 77 labelled NCEDC records, against the same pack run by Python.
// Run: node test/bench/ncedc.ts

import { join } from 'node:path';
import { InferenceClient } from '../../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { startInference } from '../../src/backend/inference/startInference.ts';
import { sharedDir } from '../shared.ts';
import { NCEDC_REFERENCE, NCEDC_RULE, readNcedc, type Score, scoreNcedc } from './ncedcRecords.ts';

const shared = sharedDir();
if (shared === undefined) {
  console.log('ncedc: skipped: no ../shared');
} else {
  const client = new InferenceClient(startInference);
  const model = await openModelRegistry().open('onset-1');
  const records = readNcedc(join(shared, 'data', 'labelled', 'ncedc'));
  const started = performance.now();
  const scores = await scoreNcedc(client, model, records, NCEDC_RULE);
  const seconds = (performance.now() - started) / 1000;
  const { blindingSamples } = model.spec;
  const blinded = await scoreNcedc(client, model, records, { ...NCEDC_RULE, blindingSamples });
  client.dispose();
  console.log(
    `onset-1 on ${records.length} NCEDC records, threshold 0.3, hit within 0.5 s, ${seconds.toFixed(2)} s`,
  );
  console.log('training data: onset-1 was trained on these records; this proves the chain only');
  console.log('  no blinding, as the Python figures were made (in brackets):');
  for (const phase of ['P', 'S'] as const) {
    const { picks, recall, precision } = NCEDC_REFERENCE[phase];
    console.log(`${line(phase, scores[phase])}  (${picks}, ${recall}, ${precision})`);
  }
  console.log(`  blinding ${blindingSamples.join(', ')} samples, as the program runs it:`);
  for (const phase of ['P', 'S'] as const) console.log(line(phase, blinded[phase]));
}

function line(phase: string, { picks, recall, precision }: Score): string {
  return `    ${phase}  picks ${picks}  recall ${recall.toFixed(3)}  precision ${precision.toFixed(3)}  training data`;
}
