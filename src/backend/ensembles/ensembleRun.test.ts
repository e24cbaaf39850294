// Ensembles and offsets as runs, through the shipped model and a real backend.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { failure, type Page, temporaryBackends } from '../../../test/backendPage.ts';
import { EVENTS_S, origin, segment } from '../../../test/sensorScan.ts';
import { addSeconds } from '../../base/time.ts';
import type { EnsembleRequest } from '../../contract/messages/models.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { type Combination, combinationOf } from '../../domain/event/ensemble.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';

const { folder, start } = temporaryBackends();
const path = join(folder, 'three.mseed');
const TRIGGER = { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 } as const;
const everything = { streamKeys: undefined, window: undefined };

beforeAll(() => {
  const segments = ['HHZ', 'HHN', 'HHE'].flatMap((channel) =>
    [segment(channel, 0, 160, 100), segment(channel, 170, 330, 100)].map((each) => ({
      ...each,
      samples: Int32Array.from(each.samples, (value) => Math.round(100 * value)),
    })),
  );
  writeFileSync(path, writeMiniseed2(segments));
});

async function open(scanBlockS?: number): Promise<Page> {
  const page = await start(scanBlockS === undefined ? {} : { scanBlockS });
  await page.addFiles(page.backend.grants.grant(path));
  return page;
}

async function outcome(page: Page, { jobId, runId }: { jobId: string; runId: number }) {
  expect((await page.ended(jobId)).state).toBe('done');
  const run = (await page.call('run.list', {})).find(({ id }) => id === runId)!;
  const { picks } = await page.call('catalog.listPicks', { runId, limit: 1000 });
  const scatter = await page.call('run.scatter', { runId });
  const found = picks.map(({ stream, phase, time, probability }) => [
    ...[stream.channel, phase, Number(time - origin) / 1e9, probability],
  ]);
  return { run, picks, scatter, found };
}

type Outcome = Awaited<ReturnType<typeof outcome>>;

const facts = ({ picks }: Outcome) =>
  picks
    .map(({ phase, time, probability }) => `${time} ${phase} ${Math.fround(probability!)}`)
    .sort();

/** The picks of a run whose members are taken together another way. */
async function repicked(
  page: Page,
  { run: { id: runId } }: Outcome,
  combination?: Combination,
  thresholds?: Record<string, number>,
) {
  const settings = { ensemble: combination, ...(thresholds && { thresholds }) };
  const { timesNs, labels, phases, probabilities } = await page.call('tuning.repick', {
    ...{ runId, settings },
  });
  return Array.from(
    timesNs,
    (time, i) => `${time} ${labels[phases[i]!]} ${probabilities[i]}`,
  ).sort();
}

const plain = async (page: Page, settings: Partial<RunSettings> = {}) =>
  outcome(page, await page.call('model.run', { modelId: 'onset-1', ...everything, settings }));
const ensemble = async (page: Page, request: Partial<EnsembleRequest>) =>
  outcome(
    page,
    await page.call('model.runEnsemble', {
      ...{ rule: 'mean', models: [{ modelId: 'onset-1' }], settings: undefined },
      ...everything,
      ...request,
    }),
  );

describe('offsets', () => {
  test('the picks are those of the model, each with its scatter over the offsets', async () => {
    const page = await open();
    const alone = await plain(page);
    expect(alone.found.length).toBeGreaterThanOrEqual(2 * EVENTS_S.length - 1);
    const { run, picks, found, scatter } = await ensemble(page, { rule: 'first', shifts: 4 });
    expect(found).toEqual(alone.found);
    expect(run).toMatchObject({ modelId: 'onset-1', modelSha256: alone.run.modelSha256 });
    expect(run.parameters.ensemble!.members.map(({ offsetSamples }) => offsetSamples)).toEqual([
      0, 375, 750, 1125,
    ]);
    expect(scatter.map(({ pickId }) => pickId).sort()).toEqual(picks.map(({ id }) => id).sort());
    expect(scatter.every(({ asked, agreeing }) => asked >= agreeing && agreeing > 0)).toBe(true);
    expect(scatter.some(({ asked }) => asked === 4)).toBe(true);
    for (const { votes, asked, agreeing } of scatter) {
      expect(votes).toHaveLength(asked);
      expect(votes!.filter(({ agrees }) => agrees)).toHaveLength(agreeing);
      expect(votes!.every(({ offsetS }) => Math.abs(offsetS) <= 0.5)).toBe(true);
    }
    // The first member's curve is the one that is picked.
    expect(scatter.map(({ votes }) => votes![0]!.probability.toFixed(4)).sort()).toEqual(
      picks.map(({ probability }) => probability!.toFixed(4)).sort(),
    );
    // Other windows give other numbers, a little.
    expect(scatter.some(({ probabilityDeviation }) => probabilityDeviation > 1e-4)).toBe(true);
    expect(scatter.every(({ timeDeviationS }) => timeDeviationS! < 0.2)).toBe(true);
    const [one] = await page.call('run.scatter', { runId: run.id, pickId: picks[0]!.id });
    expect(one).toEqual(scatter.find(({ pickId }) => pickId === picks[0]!.id));
  }, 60_000);
});

describe('ensembles', () => {
  test.each(['mean', 'max', 'median'] as const)(
    'the %s of a model with itself is the model, picked by the common rule',
    async (rule) => {
      const page = await open();
      const alone = await plain(page, { pickRule: TRIGGER });
      const models = [{ modelId: 'onset-1' }, { modelId: 'onset-1' }];
      const { found, scatter, run } = await ensemble(page, { rule, models });
      expect(found).toEqual(alone.found);
      expect(run.modelId).toBe(`${rule} of onset-1`);
      for (const { asked, agreeing, probabilityDeviation, timeDeviationS } of scatter) {
        expect({ asked, agreeing }).toEqual({ asked: 2, agreeing: 2 });
        expect([probabilityDeviation, timeDeviationS]).toEqual([0, 0]);
      }
    },
    60_000,
  );

  test('blocks change nothing where SeisBench resamples whole records', async () => {
    const slow = join(folder, 'slow.mseed');
    const segments = ['HHZ', 'HHN', 'HHE'].map((channel) => {
      const fast = segment(channel, 0, 330, 100).samples;
      const samples = Int32Array.from({ length: 16_500 }, (_, i) => Math.round(100 * fast[2 * i]!));
      return { ...segment(channel, 0, 330, 100), sampleRateHz: 50, samples };
    });
    writeFileSync(slow, writeMiniseed2(segments));
    const run = async (scanBlockS: number | undefined): Promise<string[]> => {
      const page = await start(scanBlockS === undefined ? {} : { scanBlockS });
      await page.addFiles(page.backend.grants.grant(slow));
      const models = [{ modelId: 'onset-1', settings: { policy: 'seisbench' as const } }];
      return facts(await ensemble(page, { rule: 'mean', models, shifts: 2 }));
    };
    const whole = await run(undefined);
    expect(whole.length).toBeGreaterThan(2);
    expect(await run(61.7)).toEqual(whole);
  });

  test('blocks change nothing, and a run of several is a run like others', async () => {
    const bands = [
      { lowHz: 1, highHz: 20, corners: 4, zeroPhase: false },
      { lowHz: 2, highHz: 40, corners: 4, zeroPhase: false },
    ];
    const asked = { rule: 'mean', bands, shifts: 2 } as const;
    const whole = await ensemble(await open(), asked);
    const page = await open(61.7);
    const cut = await ensemble(page, asked);
    const rounded = ({ found }: typeof cut) =>
      found.map(([channel, phase, time, p]) => [channel, phase, time, (p as number).toFixed(5)]);
    expect(rounded(cut)).toEqual(rounded(whole));
    expect(cut.found.length).toBeGreaterThanOrEqual(EVENTS_S.length);
    const names = cut.run.parameters.ensemble!.members.map(({ name }) => name);
    expect(names).toEqual([
      expect.stringMatching(/^onset-1 .*1.*20/),
      expect.stringMatching(/^onset-1 .*1.*20.* \+750$/),
      expect.stringMatching(/^onset-1 .*2.*40/),
      expect.stringMatching(/^onset-1 .*2.*40.* \+750$/),
    ]);

    const runId = cut.run.id;
    const again = await page.call('tuning.repick', { runId, settings: {} });
    expect(again.timesNs).toHaveLength(cut.picks.length);
    const curves = await page.call('probability.window', {
      ...{ sensorKeys: ['XX.AAA..HH'], widthPx: 900, runId },
      window: { startNs: origin, endNs: addSeconds(origin, 330) },
    });
    expect(curves.map(({ phase, parts }) => [phase, parts.length > 0])).toEqual([
      ['P', true],
      ['S', true],
    ]);
    const alone = await plain(page);
    const comparison = await page.call('run.compare', {
      a: { kind: 'run', runId: alone.run.id },
      b: { kind: 'run', runId },
      toleranceS: 0.5,
    });
    expect(comparison.scores.length).toBeGreaterThan(0);
  }, 60_000);

  test('noisy-or is never below, semblance rewards agreement; thresholds are of the common curve', async () => {
    const page = await open();
    const shifts = 2;
    const mean = await ensemble(page, { rule: 'mean', shifts });
    const noisy = await ensemble(page, { rule: 'noisy-or', shifts });
    const semblance = await ensemble(page, { rule: 'semblance', shifts });
    expect(noisy.found.length).toBeGreaterThanOrEqual(mean.found.length);
    // Picked again from what any of them has kept: pick for pick what the run with that rule finds.
    const { thresholds } = semblance.run.parameters.settings;
    const ways = [mean, noisy, semblance];
    for (const from of ways) {
      for (const to of ways) {
        const { settings, ensemble: members } = to.run.parameters;
        const again = await repicked(page, from, combinationOf(members!), settings.thresholds);
        expect(again).toEqual(facts(to));
      }
    }
    const weights = [0.2, 0.8];
    const weighted = await ensemble(page, {
      rule: 'mean',
      shifts,
      weights,
      settings: { thresholds },
    });
    expect(weighted.run.parameters.ensemble!.weights).toEqual(weights);
    expect(await repicked(page, noisy, { rule: 'mean', weights }, thresholds)).toEqual(
      facts(weighted),
    );
    const alone = repicked(page, mean, { rule: 'median', weights: [1] });
    expect((await failure(alone)).message).toMatch(/do not fit an ensemble of 2/);
    expect(semblance.run.parameters.settings.thresholds).toEqual({ P: 0.05, S: 0.05 });
    const few = await ensemble(page, { shifts, settings: { thresholds: { p: 0.999 } } });
    expect(few.run.parameters.settings.thresholds.P).toBe(0.999);
    expect(
      few.picks.every(({ phase, probability }) => phase === 'S' || probability! >= 0.999),
    ).toBe(true);
  }, 60_000);
});

test('picks that too few members see are left out and counted', async () => {
  const page = await open();
  const bands = [undefined, 40].map((highHz) => ({
    ...{ lowHz: highHz === undefined ? 45 : 1, highHz, corners: 4, zeroPhase: false },
  }));
  const asked = { rule: 'max', bands, settings: { thresholds: { P: 0.3, S: 0.3 } } } as const;
  const all = await ensemble(page, asked);
  const fromAll = await repicked(page, all, { rule: 'max', leastAgreeing: 2 });
  const both = await ensemble(page, { ...asked, leastAgreeing: 2 });
  const alike = all.scatter.filter(({ agreeing }) => agreeing === 2).length;
  expect(alike).toBeLessThan(all.picks.length);
  expect(both.picks).toHaveLength(alike);
  const words = `left out because fewer than 2 of 2 members see them: ${all.picks.length - alike} picks`;
  expect(both.run.notes.map(({ reason }) => reason)).toContain(words);
  const kept = new Set(both.picks.map(({ time, phase }) => `${time} ${phase}`));
  const { time, phase } = all.picks.find((pick) => !kept.has(`${pick.time} ${pick.phase}`))!;
  const question = { runId: both.run.id, sensorKey: 'XX.AAA..HH', time, phase };
  const why = await page.call('run.explain', question);
  expect([why.picked, why.reasons[0]!.kind]).toEqual([false, 'few-agree']);
  expect(why.reasons[0]!.text).toMatch(/fewer than 2 of its 2 members see it/);
  expect(both.run.replaced).toEqual([{ runId: all.run.id, pickCount: all.picks.length }]);
  expect(await repicked(page, both)).toEqual(facts(both));
  // Of the run that left out nothing, without running anything again.
  expect(fromAll).toEqual(facts(both));
}, 60_000);

test('what cannot work together is refused in words', async () => {
  const page = await open();
  const models = [{ modelId: 'onset-1' }, { modelId: 'onset-1' }];
  const refused = async (request: Partial<EnsembleRequest>): Promise<string> =>
    (await failure(ensemble(page, request))).message;
  expect(await refused({})).toMatch(/one member is no ensemble/);
  expect(await refused({ models, leastAgreeing: 3 })).toMatch(/cannot need 3 members/);
  expect(await refused({ models, shifts: 40 })).toMatch(/80 members are no ensemble/);
  expect(
    await refused({
      models: [models[0]!, { modelId: 'onset-1', settings: { policy: 'seisbench' } }],
    }),
  ).toMatch(/group channels by onset and seisbench/);
  expect(await refused({ models, settings: { thresholds: { T: 0.5 } } })).toMatch(
    /threshold 0.5 for T cannot be used; the members pick P and S/,
  );
  expect(await refused({ models: [models[0]!, { modelId: 'nobody' }] })).toMatch(/nobody/);
});
