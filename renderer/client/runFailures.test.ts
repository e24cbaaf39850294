import { expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import { fromFirstParameters } from '../../src/domain/event/firstRunParameters.ts';
import type { ModelRun, SkippedStream } from '../../src/domain/event/modelRun.ts';
import { runFailures } from './runFailures.ts';

const first = fromFirstParameters({
  ...{ thresholds: { P: 0.3 }, overlapSamples: 1501, blindingSamples: [0, 0] },
  ...{ stacking: 'avg', minimumPeakDistanceSamples: 100, batchSize: 8 },
});
function run(id: number, state: ModelRun['state'], skipped: readonly SkippedStream[]): ModelRun {
  return {
    ...{ id, state, skipped, notes: [], pickCount: 0 },
    ...{ modelId: 'onset-1', modelVersion: '1', modelSha256: 'ab', programVersion: '0' },
    ...{ startedNs: epochNs(0n), finishedNs: undefined },
    parameters: { ...first, streams: undefined, window: undefined },
  };
}
const gone = { stream: 'UW.HANS..HH', reason: 'a.mseed does not exist', failed: true } as const;
const slow = { stream: 'UW.LON..LH', reason: 'one sample a second' };

test('a run that ended without what it could not read says so once', () => {
  const done = run(2, 'done', [slow, gone]);
  expect(runFailures([run(2, 'running', [])], [done])).toEqual([
    'Run 2 (onset-1) could not pick UW.HANS..HH: a.mseed does not exist',
  ]);
  expect(runFailures([], [done])).toHaveLength(1);
  expect(runFailures([done], [done])).toEqual([]);
});

test('many stations are one sentence, and what was left out by rule or cancelled is no failure', () => {
  const many = run(3, 'done', [gone, { ...gone, stream: 'UW.LON..HH' }]);
  expect(runFailures([], [many, run(4, 'done', [slow]), run(5, 'cancelled', [gone])])).toEqual([
    'Run 3 (onset-1) could not pick 2 stations, as UW.HANS..HH: a.mseed does not exist. The report of the run names each',
  ]);
});
