// What Onset writes keeps the schemas in resources/schemas, and what it refuses they refuse.

import { readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { epochNs } from '../../src/base/time.ts';
import { scoreSets } from '../../src/backend/evaluation/scoreSets.ts';
import type { SweepReport } from '../../src/domain/evaluation/sweepReport.ts';
import { parseSweep } from '../../src/domain/evaluation/sweep.ts';
import type { PickRule, RunSettings, WindowScale } from '../../src/domain/event/runSettings.ts';
import { pickRecord } from '../../src/domain/event/pickRecord.ts';
import { diffSets } from '../../src/domain/parameterSet/diffSets.ts';
import { makeSet, parseSet, setJson } from '../../src/domain/parameterSet/parameterSet.ts';
import { verifySet } from '../../src/domain/parameterSet/verifySet.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { tableColumns, tableCsv, tuneJson } from '../../src/cli/tuneTable.ts';
import { schemaErrors } from '../schemaErrors.ts';

const folder = fileURLToPath(new URL('../../resources/schemas/', import.meta.url));
const schema = (name: string) =>
  JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as Record<string, unknown>;
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('every schema is named by its file and says what it is', () => {
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThanOrEqual(3);
  for (const name of names) {
    const { $id, $schema, title } = schema(name.replace('.json', ''));
    expect({ $id, $schema, title }).toEqual({
      ...{ $id: name, $schema: expect.stringContaining('draft-07'), title: expect.any(String) },
    });
  }
});

describe('score.json', () => {
  const pick = (s: number, phase: string) => ({
    ...{ station: 'UW.A', phase, time: epochNs(BigInt(s) * 1_000_000_000n) },
    ...{ probability: 0.5, state: 'automatic' as const },
  });
  const set = (picks: ReturnType<typeof pick>[]) => ({
    ...{ picks, unreadable: 0, warnings: [] },
    reach: { window: undefined, stations: undefined, coverage: undefined },
  });
  const report = (references: number[], picks: number[]) =>
    written(
      scoreSets({
        reference: set(references.map((s) => pick(s, 'P'))),
        picks: set(picks.map((s) => pick(s, 'Pn'))),
        tolerance: { P: 0.5, S: 0.5 },
        ...{ reviewedOnly: false, withRejected: false, coverage: undefined },
      }),
    );

  test.each([
    ['nothing', [], []],
    ['a few', [1, 2, 3], [1, 7]],
    ['many', Array.from({ length: 40 }, (_, i) => 900 * i), [0, 900, 1800, 2000]],
  ])('is kept by the score of %s', (_, references, picks) => {
    expect(schemaErrors(report(references, picks), schema('score'))).toEqual([]);
  });

  test('is broken by a number that should be null, and by what is missing', () => {
    const { all, ...rest } = report([], []) as Record<string, Record<string, unknown>>;
    expect(schemaErrors(rest, schema('score'))).toEqual(['$ lacks all']);
    const bad = { ...rest, all: { ...all, recall: 'NaN', note: 'few' } };
    expect(schemaErrors(bad, schema('score'))).toEqual([
      '$.all.recall is string',
      '$.all.note is "few"',
    ]);
  });
});

describe('sweep.json', () => {
  const sweeps: [unknown, boolean][] = [
    [{ method: 'grid', parameters: { P: [0.1, 0.2], stacking: ['avg'] } }, true],
    [{ method: 'bayes', n: 50, seed: 3, parameters: { P: { from: 0, to: 1, step: 0.1 } } }, true],
    [{ method: 'random', parameters: { P: [1] } }, false],
    [{ method: 'random', n: 0, parameters: { P: [1] } }, false],
    [{ method: 'hill', n: 1, parameters: { P: [1] } }, false],
    [{ method: 'grid', parameters: {} }, false],
    [{ method: 'grid', parameters: { P: [] } }, false],
    [{ method: 'grid', parameters: { P: { from: 0, to: 1, step: 0 } } }, false],
    [{ method: 'grid', seed: -1, parameters: { P: [1] } }, false],
    [{ method: 'grid' }, false],
  ];
  test.each(sweeps)('and the program agree on %j', (sweep, good) => {
    expect(schemaErrors(sweep, schema('sweep')).length === 0).toBe(good);
    if (good) expect(parseSweep(sweep).n).toBeGreaterThan(0);
    else expect(() => parseSweep(sweep)).toThrow();
  });
});

describe('tune.json', () => {
  const none = { window: undefined, stations: undefined, coverage: undefined };
  const set = { picks: [], unreadable: 0, warnings: [], reach: none };
  const { all, P, S } = scoreSets({
    ...{ reference: set, picks: set, tolerance: { P: 0.5, S: 0.5 }, coverage: undefined },
    ...{ reviewedOnly: false, withRejected: false },
  });
  const result = {
    ...{ all, P, S, falsePerHour: { all: 0.5, P: 0.5, S: null }, setHash: 'a'.repeat(64) },
    fromInference: true,
  };
  const report: SweepReport = {
    ...{ runId: 1, goal: 'P', names: ['P', 'stacking'], planned: 3, ended: true },
    rows: [
      { point: { P: 0.3, stacking: 'avg' }, result, value: null, error: undefined },
      { point: { P: 2, stacking: 'max' }, result: undefined, value: null, error: 'no, "never"' },
    ],
    ...{ offset: 0, total: 2, best: undefined, front: [0], suggestions: [] },
    ...{ suggestedFrom: { P: 0.1 }, locked: 0, leakText: undefined, warnings: ['w'] },
  };

  test('is kept by a sweep whose points could not all be scored', () => {
    const json = written(tuneJson(report, true)) as { rows: Record<string, unknown>[] };
    expect(schemaErrors(json, schema('tune'))).toEqual([]);
    const [first, second] = json.rows;
    const bad = {
      ...json,
      rows: [
        { ...first, setHash: 'abc' },
        { ...second, all: undefined },
      ],
    };
    expect(schemaErrors(written(bad), schema('tune'))).toEqual([
      '$.rows[0].setHash is "abc"',
      '$.rows[1] lacks all',
    ]);
  });

  test('has its numbers in the columns of table.csv, empty where there is none', () => {
    const [header, scored, failed, end] = tableCsv(report).split('\r\n');
    expect(header).toBe(tableColumns(report.names).join());
    expect(header?.split(',')).toHaveLength(scored?.split(',').length ?? 0);
    expect(scored).toMatch(/^0\.3,avg,0,0,0,0,0,,.*,0\.5,0,.*,a{64},true,true,$/);
    expect(failed).toMatch(/^2,max,,.*,"no, ""never"""$/);
    expect(end).toBe('');
  });
});

describe('parameter-set.json', () => {
  const scales: (WindowScale | undefined)[] = [
    undefined,
    { scope: 'window', by: 'peak', epsilon: 1e-10 },
    { scope: 'component', by: 'std', divisor: 'n-1', epsilon: 0 },
  ];
  const rules: PickRule[] = [
    { kind: 'peaks', minimumDistanceSamples: 50, convention: 'detect_peaks' },
    { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
    { kind: 'dominance', minimumDistanceSamples: 1, windowSamples: 5 },
    { kind: 'detection-gated', minimumDistanceSamples: 1, off: { level: 0.1 } },
  ];
  const settings = (pickRule: PickRule, scale: WindowScale | undefined): RunSettings => ({
    ...{ policy: 'onset', detrendRecords: true, overlap: 1500, strideSamples: 1, stacking: 'max' },
    filter: scale && { lowHz: 1, highHz: undefined, corners: 4, zeroPhase: false },
    preparation: { demean: true, detrend: false, scale, taperSamples: 6 },
    ...{ blindingSamples: [0, 0], strict: true, flexibleHorizontals: true, batchSize: 1 },
    ...{ zeroPhaseResample: true, thresholds: { P: 0.3 }, pickRule },
  });
  const sets = rules.flatMap((rule) =>
    scales.map((scale) =>
      makeSet(
        {
          ...{ name: 'n', author: 'a', note: '', createdNs: epochNs(0n) },
          ...{ eventId: undefined, publicId: undefined },
          content: {
            ...{ programVersion: '1', provider: 'cpu', detectors: [], ensemble: undefined },
            models: [
              {
                ...{
                  id: 'm',
                  version: '1',
                  sha256: 'a'.repeat(64),
                  settings: settings(rule, scale),
                },
                stationThresholds: { 'UW.A': { P: 0.5 } },
                calibration: { P: { kind: 'isotonic', from: [0, 1], to: [0.1, 0.9] } },
              },
            ],
            stations: scale ? ['UW.A'] : undefined,
            window: scale && { startNs: epochNs(0n), endNs: epochNs(1n) },
          },
        },
        sha256,
      ),
    ),
  );

  test('knows every setting there may be besides', () => {
    const optional = {
      ...{ windowSamples: 6000, runningScale: { windowSamples: 3000, stepSamples: 100 } },
      ...{ everyWindow: true, absentAs: 'vertical', instruments: 'best', provider: 'cuda' },
      uncertainty: 'normal fit',
    } as const;
    const json = written(setJson(sets[0]!)) as {
      content: { models: { settings: { preparation: object } }[] };
    };
    const [model] = json.content.models;
    const preparation = { ...model!.settings.preparation, centre: 'median' };
    const full = { ...model!.settings, ...optional, preparation };
    const whole = { ...json, content: { ...json.content, models: [{ ...model, settings: full }] } };
    expect(schemaErrors(whole, schema('parameter-set'))).toEqual([]);
    expect(() => parseSet(JSON.stringify(whole))).not.toThrow();
  });

  test('is kept by sets with every rule and scale', () => {
    for (const set of sets) {
      expect(schemaErrors(written(setJson(set)), schema('parameter-set'))).toEqual([]);
    }
  });

  test.each([
    ['"policy":"onset"', '"policy":"other"'],
    ['"P":0.3', '"P":1.3'],
    ['"strict":true,', ''],
    ['"version":1,"parent"', '"version":0,"parent"'],
    ['"taperSamples":6', '"taperSamples":6,"tapr":1'],
    ['"kind":"peaks"', '"kind":"hills"'],
    ['"provider":"cpu",', ''],
  ])('and the program refuse %s as %s', (good, bad) => {
    const text = JSON.stringify(setJson(sets[0]!));
    expect(text).toContain(good);
    const broken = text.replace(good, bad);
    expect(schemaErrors(JSON.parse(broken), schema('parameter-set'))).not.toEqual([]);
    expect(() => parseSet(broken)).toThrow();
  });

  test('are kept by what tells two sets apart and what verifies one', () => {
    const [first, second] = [sets[0]!, sets.at(-1)!];
    const differences = diffSets(first, second);
    // One has no filter, the other no distance between picks.
    expect(differences.some(({ a }) => a === undefined)).toBe(true);
    expect(schemaErrors(written(differences), schema('set-diff'))).toEqual([]);
    expect(schemaErrors(written(diffSets(first, first)), schema('set-diff'))).toEqual([]);
    const check = verifySet(first, { programVersion: '2', provider: 'cpu', models: [] }, sha256);
    expect(check.obstacles).not.toEqual([]);
    expect(schemaErrors(written(check), schema('set-verify'))).toEqual([]);
  });
});

test('picks.json is kept by a pick of which little is known, and broken by a float of time', () => {
  const record = pickRecord({
    ...{ id: 1, stream: parseNslc('UW.A..HHZ'), time: epochNs(5n), phase: 'P', state: 'manual' },
    ...{ lowerUncertaintyS: undefined, upperUncertaintyS: undefined, polarity: undefined },
    ...{ onset: undefined, weight: undefined, probability: undefined, runId: undefined },
    ...{ filter: undefined, author: 'a', method: 'm', createdNs: epochNs(0n) },
    ...{ eventId: undefined, publicId: undefined },
  });
  expect(schemaErrors(written({ picks: [record] }), schema('picks'))).toEqual([]);
  const wrong = { picks: [{ ...record, timeNs: '5.0' }], run: null };
  expect(schemaErrors(written(wrong), schema('picks'))).toEqual(['$.picks[0].timeNs is "5.0"']);
});
