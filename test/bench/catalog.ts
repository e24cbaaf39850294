// A project of 100 000 picks: open, list, count, one edit, undo with 10 000 journal entries.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { epochNs, parseTime } from '../../src/base/time.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { fromFirstParameters } from '../../src/domain/event/firstRunParameters.ts';
import type { PickContent } from '../../src/domain/event/pick.ts';

const PICKS = 100_000;
const STATIONS = 100;
const T0 = parseTime('2026-01-01');
const failures: string[] = [];

function median(repeats: number, act: (index: number) => void): number {
  const times = Array.from({ length: repeats }, (_, index) => {
    const start = performance.now();
    act(index);
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
}

function report(name: string, milliseconds: number, budgetMs: number): void {
  const line = `${name.padEnd(52)} ${milliseconds.toFixed(2).padStart(9)} ms   goal ${budgetMs} ms`;
  console.log(line);
  if (milliseconds > 2 * budgetMs) failures.push(name);
}

function picksOf(station: number): PickContent[] {
  return Array.from({ length: PICKS / STATIONS }, (_, index) => ({
    stream: { network: 'UW', station: `S${station}`, location: '', channel: 'HHZ' },
    time: epochNs(T0 + BigInt(index) * 60_000_000_000n + BigInt(station) * 97_000_003n),
    lowerUncertaintyS: 0.03,
    upperUncertaintyS: 0.05,
    phase: index % 2 === 0 ? 'P' : 'S',
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability: 0.3 + ((index * 7919 + station * 31) % 700) / 1000,
    filter: undefined,
  }));
}

const folder = mkdtempSync(join(tmpdir(), 'onset-bench-'));
try {
  const path = join(folder, 'p.onset');
  const open = (): Catalog => Catalog.open(path, { author: 'bench' });
  let catalog = open();
  const runId = catalog.runs.start({
    modelId: 'onset-1',
    modelVersion: '1',
    modelSha256: '',
    programVersion: '0',
    author: 'bench',
    parameters: {
      ...fromFirstParameters({
        thresholds: { P: 0.3, S: 0.3 },
        overlapSamples: 0,
        blindingSamples: [0, 0],
        stacking: 'avg',
        minimumPeakDistanceSamples: 1,
        batchSize: 1,
      }),
      streams: undefined,
      window: undefined,
    },
  });
  const stored = median(1, () => {
    for (let station = 0; station < STATIONS; station++) {
      catalog.runs.addPicks(runId, `UW.S${station}..HH`, picksOf(station), { method: 'bench' });
    }
  });
  report('store 100 000 picks of a run', stored, 5000);
  catalog.close();
  const opening = median(1, () => {
    catalog = open();
    catalog.picks.list({ limit: 100 });
  });
  report('open the project, first page', opening, 2000);
  const week = { startNs: T0, endNs: epochNs(T0 + 60_000_000_000_000n) };
  report(
    'page of 1 000, in time',
    median(9, () => catalog.picks.list({})),
    20,
  );
  report(
    'page of 100 at 50 000',
    median(9, () => catalog.picks.list({ offset: 50_000, limit: 100 })),
    20,
  );
  report(
    'page of 100, by threshold, automatic',
    median(9, () =>
      catalog.picks.list({ orderBy: 'threshold', states: ['automatic'], limit: 100 }),
    ),
    20,
  );
  report(
    'page of 100, P of a station',
    median(9, () => catalog.picks.list({ phases: ['P'], station: 's42', limit: 100 })),
    20,
  );
  const hour = { startNs: T0, endNs: epochNs(T0 + 3_600_000_000_000n) };
  report(
    'one hour of all stations',
    median(9, () => catalog.picks.list({ window: hour, limit: 5000 })),
    40,
  );
  report(
    'count all by state',
    median(9, () => catalog.picks.count({})),
    10,
  );
  report(
    'density of all in 2 000 bins',
    median(9, () => catalog.picks.density(week, 2000)),
    50,
  );
  report(
    'one edit',
    median(200, (i) => catalog.changePicks([i + 1], { weight: 1 })),
    5,
  );
  for (let i = 0; i < 10_000; i++) catalog.decidePicks([1000 + i], 'accept');
  report(
    'undo, 10 000 entries',
    median(50, () => catalog.undo()),
    50,
  );
  report(
    'redo, 10 000 entries',
    median(50, () => catalog.redo()),
    50,
  );
  catalog.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (failures.length > 0) {
  console.log(`over twice the goal: ${failures.join(', ')}`);
  process.exitCode = 1;
}
