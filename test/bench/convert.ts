// Published weights read and converted to a pack, file to card and network: processor time of each.
// Run: node test/bench/convert.ts

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gather } from '../../src/backend/modelImport/gather.ts';
import { readModel } from '../../src/backend/modelImport/readModel.ts';
import { sharedDir } from '../shared.ts';
import { calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const MOST_MS = 2000;
const FILES = [
  'data/weights/phasenet',
  'models/phasenet-original/seisbench.pt',
  'data/weights/phasenetlight-ethz/ethz.pt.v2',
  'data/weights/eqtransformer-pnw',
  'data/weights/seismo-performer',
  'data/weights/spec-cnn',
  'models/gpd-random/gpd-random.pt.v1',
];

const shared = sharedDir();
if (shared === undefined) {
  console.log('convert: skipped: no ../shared');
} else {
  const table = new BenchTable(calibrate());
  for (const file of FILES.filter((each) => existsSync(join(shared, each)))) {
    const [candidate] = await gather([join(shared, file)]);
    if (candidate === undefined) throw new Error(`${file} holds no weights`);
    const before = process.cpuUsage();
    await readModel({
      candidate,
      answers: {},
      program: 'Onset bench',
    });
    const { user, system } = process.cpuUsage(before);
    table.add(`${file}, CPU ms`, (user + system) / 1000, { budget: MOST_MS, goal: 500 });
  }
  table.print();
}
