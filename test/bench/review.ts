// The review queue by value asked again after each decision on one of 10 000 picks, with another run's 5 000
// onsets beside, and what stands behind scores of a day. Processor time.
// Run: node test/bench/review.ts

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addSeconds, epochNs } from '../../src/base/time.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { Session } from '../../src/cli/session.ts';
import { matchPicks } from '../../src/evaluation/matchPicks.ts';
import { Random } from '../../src/evaluation/random.ts';
import { thresholdCurve } from '../../src/evaluation/thresholdCurve.ts';
import { defaultSettings } from '../../src/models/settings.ts';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const START = epochNs(1_600_000_000_000_000_000n);
const TOLERANCE = { P: 0.5, S: 0.5 };
const stream = { network: 'XX', station: 'ABC', location: '', channel: 'HHZ' };

const table = new BenchTable(calibrate());
const cpuMs = async (work: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const folder = mkdtempSync(join(tmpdir(), 'onset-review-'));
const path = join(folder, 'review.onset');
const { spec } = await openModelRegistry().open('onset-1');
const catalog = Catalog.open(path, { author: 'bench' });
const found = (modelId: string, count: number, everyS: number): readonly number[] => {
  const runId = catalog.runs.start({
    ...{ modelId, modelVersion: '1', modelSha256: 'a'.repeat(64) },
    ...{ programVersion: '0', author: 'bench' },
    parameters: { settings: defaultSettings(spec), streams: undefined, window: undefined },
  });
  const picks = Array.from({ length: count }, (_, i) => ({
    ...{ stream, phase: 'P', polarity: undefined, onset: undefined, weight: undefined },
    ...{ lowerUncertaintyS: 0.1, upperUncertaintyS: 0.1, filter: undefined },
    time: addSeconds(START, i * everyS),
    probability: 0.3 + ((i * 7919) % 7000) / 10_000,
  }));
  const ids = catalog.runs.addPicks(runId, 'XX.ABC..HH', picks, { method: 'bench' });
  catalog.runs.finish(runId, 'done', []);
  return ids;
};
const ids = found('one', 10_000, 8.64);
found('two', 5_000, 17.28);
catalog.close();

const session = await Session.open({ project: { kind: 'file', path } });
await session.client.call('review.queue', { limit: 100 });
const laps: number[] = [];
for (const id of ids.slice(0, 12)) {
  await session.client.call('catalog.decidePicks', { pickIds: [id], decision: 'reject' });
  laps.push(await cpuMs(() => session.client.call('review.queue', { limit: 100 })));
}
laps.sort((a, b) => a - b);
table.add('review.queue after a decision, 10 000 picks, median', laps[6] ?? 0, { budget: 50, goal: 25 }); // prettier-ignore
await session.close();
rmSync(folder, { recursive: true, force: true });

const random = new Random(23);
const day = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ station: `UW.S${i % 10}`, phase: 'P', pickId: undefined },
    time: addSeconds(START, random.next() * 86_400),
    probability: random.next(),
  }));
const [references, picks] = [day(3_000), day(100_000)];
table.add('3 000 references matched with 100 000 picks', await cpuMs(() => matchPicks(references, picks, TOLERANCE)), { budget: 1000, goal: 300 }); // prettier-ignore
table.add('their curve at every threshold', await cpuMs(() => thresholdCurve(references, picks, { tolerance: TOLERANCE, phase: 'P' })), { budget: 5000, goal: 1500 }); // prettier-ignore
table.print();
