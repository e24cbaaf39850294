// The presets `original`, run as a person runs them, beside what the authors' programs do with the same network.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test, vi } from 'vitest';
import type { PickerProgram } from '../../src/contract/messages/catalog.ts';
import type { PickRule } from '../../src/domain/event/runSettings.ts';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';
import { epochNs, secondsBetween } from '../../src/base/time.ts';
import { sampleTime, type TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import { pickCurves } from '../../src/models/pickRules/pickCurves.ts';
import { scaleRows } from '../../src/models/runningScale.ts';
import { type Page, temporaryBackends } from '../backendPage.ts';
import { sharedDir, sharedNote } from '../shared.ts';

const shared = sharedDir() ?? '';
const { folder, start } = temporaryBackends();
// Hours of data, several times.
vi.setConfig({ testTimeout: 240_000 });

function bytesOf(...names: string[]): Uint8Array {
  return new Uint8Array(readFileSync(path.join(shared, ...names)));
}

function fileOf(name: string, segments: readonly TraceSegment[]): string {
  mkdirSync(path.join(folder, 'cut'), { recursive: true });
  const file = path.join(folder, 'cut', name);
  writeFileSync(file, writeMiniseed2(segments));
  return file;
}

async function run(page: Page, pack: string, change: Partial<RunSettings> = {}) {
  const granted = page.backend.grants.grant(path.join(shared, 'models', pack));
  const { id, presets } = await page.call('model.describe', { folder: granted });
  const { jobId, runId } = await page.call('model.run', {
    ...{ modelId: id, folder: granted, streamKeys: undefined, window: undefined },
    settings: { ...presets['original']!.settings, ...change },
    allowTestModel: true,
  });
  expect((await page.ended(jobId)).state).toBe('done');
  const { picks } = await page.call('catalog.listPicks', { runId, limit: 5000 });
  return { runId, picks };
}

async function table(page: Page, runId: number, program: PickerProgram): Promise<string[]> {
  const { bytes } = await page.call('export.pickTable', { runId, program });
  return new TextDecoder().decode(bytes).trim().split('\n');
}

interface GpdCase {
  readonly op: string;
  readonly params: { readonly spanNs: readonly [string, string] };
  readonly inputs: { readonly files: readonly string[] };
  readonly outputs: {
    readonly picks: readonly {
      readonly phase: 'P' | 'S';
      readonly timeNs: string;
      readonly thresholds: readonly [number, number];
    }[];
  };
}

describe.skipIf(shared === '')(`GPD${sharedNote}`, () => {
  const entry = () => {
    const text = readFileSync(path.join(shared, 'golden/archive-scan/manifest.json'), 'utf8');
    const { cases } = JSON.parse(text) as { cases: readonly GpdCase[] };
    return cases.find(({ op }) => op === 'gpdContinuous')!;
  };

  test.each(['P', 'S'] as const)('has the lines of its continuous scan: %s', async (phase) => {
    const { params, inputs, outputs } = entry();
    const [startNs, endNs] = params.spanNs.map((text) => epochNs(BigInt(text)));
    const segments = inputs.files.map((name) => {
      const trace = readMiniseed(bytesOf('golden/archive-scan', name)).segments[0]!;
      const from = Number((startNs! - trace.startNs) / 10_000_000n);
      const to = Number((endNs! - trace.startNs) / 10_000_000n) + 1;
      return { ...trace, startNs: startNs!, samples: trace.samples.slice(from, to) };
    });
    const page = await start();
    await page.addFiles(page.backend.grants.grant(fileOf(`gpd-${phase}.mseed`, segments)));
    const wanted = outputs.picks.filter((pick) => pick.phase === phase);
    const [on, off] = wanted[0]!.thresholds;
    const { runId } = await run(page, 'gpd-random', {
      thresholds: { P: 1, S: 1, [phase]: on },
      pickRule: {
        ...{ kind: 'trigger', off: { level: off }, minimumWidthSamples: 20 },
        convention: 'trigger_onset',
      },
    });
    const iso = ({ timeNs }: { timeNs: string }) =>
      new Date(Number(BigInt(timeNs) / 1_000_000n)).toISOString().slice(0, 23);
    expect((await table(page, runId, 'gpd')).map((line) => line.slice(0, 33))).toEqual(
      wanted.map((pick) => `PB B204 ${phase} ${iso(pick)}`),
    );
  });
});

const cut = (from: number, to: number): TraceSegment[] => {
  const name = 'PB.B204..EH.2022-02-06T00.mseed';
  const { segments } = readMiniseed(bytesOf('data/pnsn/continuous', name));
  return segments
    .filter(({ samples }) => samples.length > to)
    .map((each) => ({
      ...each,
      startNs: sampleTime(each.startNs, from, each.sampleRateHz),
      samples: each.samples.slice(from, to),
    }));
};

describe.skipIf(shared === '')(`EQTransformer${sharedNote}`, () => {
  // `_picker`, `_get_snr` and `_output_writter_prediction` of smousavi05/EQTransformer (3d9cd6c) on half an hour, filtered
  // and tapered by ObsPy 1.5.1 as in `_mseed2nparry`, one window flush with the end added.
  test.each([undefined, 400])(
    'writes the table of its program, in blocks of %s s',
    async (scanBlockS) => {
      const page = await start(scanBlockS === undefined ? {} : { scanBlockS });
      await page.addFiles(page.backend.grants.grant(fileOf('eqt.mseed', cut(780_000, 960_000))));
      const { runId } = await run(page, 'eqtransformer-pnw', {
        thresholds: { Detection: 0.1, P: 0.03, S: 0.03 },
      });
      const [, ...lines] = await table(page, runId, 'eqtransformer');
      expect(lines.map((line) => line.trim())).toEqual([
        'eqt.mseed,PB,B204,EH,,,,2022-02-06 02:28:54.008400,2022-02-06 02:29:53.998400,0.54,,,,,,2022-02-06 02:28:58.258400,0.07,,3.1',
        'eqt.mseed,PB,B204,EH,,,,2022-02-06 02:31:29.268400,2022-02-06 02:31:42.128400,0.93,,2022-02-06 02:31:29.338400,0.65,,10.0,2022-02-06 02:31:34.468400,0.37,,12.9',
        'eqt.mseed,PB,B204,EH,,,,2022-02-06 02:32:01.108400,2022-02-06 02:32:41.998400,0.7,,2022-02-06 02:32:04.338400,0.1,,2.3,2022-02-06 02:32:15.628400,0.24,,7.4',
      ]);
      const again = page.call('tuning.repick', { runId, settings: {} });
      await expect(again).rejects.toThrow('run the model again');
    },
  );

  test('has no such table of a run that did not look at events', async () => {
    const page = await start();
    await page.addFiles(page.backend.grants.grant(fileOf('none.mseed', cut(780_000, 800_000))));
    const pickRule = { kind: 'peaks', minimumDistanceSamples: 100 } as const;
    const { runId } = await run(page, 'eqtransformer-pnw', { pickRule });
    const asked = table(page, runId, 'eqtransformer');
    await expect(asked).rejects.toThrow('did not pick inside detections');
    const granted = page.backend.grants.grant(path.join(shared, 'models/eqtransformer-pnw'));
    const { id: modelId, presets } = await page.call('model.describe', { folder: granted });
    const { settings } = presets['original']!;
    const atOffsets = page.call('model.runEnsemble', {
      ...{ rule: 'first', models: [{ modelId, folder: granted }], shifts: 3, allowTestModel: true },
      ...{ streamKeys: undefined, window: undefined, settings },
    });
    await expect(atOffsets).rejects.toThrow('cannot be repeated at other offsets');
  });
});

describe.skipIf(shared === '')(`PhaseNet${sharedNote}`, () => {
  /** As `predict.py`: all of it scaled, through the network in one piece, `detect_peaks`. */
  const wholeTrace = async (segments: readonly TraceSegment[]) => {
    const byLetter = (letters: string) =>
      segments.find(({ stream }) => letters.includes(stream.channel.slice(-1)))!.samples;
    const rows = scaleRows([byLetter('2E'), byLetter('1N'), byLetter('Z')], {
      ...{ windowSamples: 3000, stepSamples: 1500 },
    });
    const length = rows[0]!.length;
    const input = new Float32Array(3 * length);
    rows.forEach((row, c) => input.set(row!, c * length));
    const session = await InferenceSession.create(bytesOf('models/phasenet-original/model.onnx'));
    const feeds = { [session.inputNames[0]!]: new Tensor('float32', input, [1, 3, length]) };
    const answer = (await session.run(feeds))[session.outputNames[0]!]!.data as Float32Array;
    const label = (row: number) => answer.slice(row * length, (row + 1) * length);
    const rule: PickRule = {
      kind: 'peaks',
      minimumDistanceSamples: 50,
      convention: 'detect_peaks',
    };
    return pickCurves(rule, { P: 0.1, S: 0.1 }, { P: label(1), S: label(2) }, 100);
  };

  test('picks half an hour as its program does with the whole of it at once', async () => {
    const segments = cut(780_000, 960_000);
    expect(segments).toHaveLength(3);
    const whole = await wholeTrace(segments);
    expect(whole.length).toBeGreaterThan(3);

    const page = await start();
    await page.addFiles(page.backend.grants.grant(fileOf('half.mseed', segments)));
    const { runId, picks } = await run(page, 'phasenet-original', {
      thresholds: { P: 0.1, S: 0.1 },
    });
    const begin = segments[0]!.startNs;
    expect(
      picks.map(({ phase, time }) => `${phase} ${Math.round(100 * secondsBetween(begin, time))}`),
    ).toEqual(whole.map(({ label: phase, sample }) => `${phase} ${sample}`));
    const differences = picks.map(({ probability }, i) =>
      Math.abs(probability! - whole[i]!.probability),
    );
    expect(Math.max(...differences)).toBeLessThan(2e-3);

    const [, ...lines] = await table(page, runId, 'phasenet');
    lines.forEach((line, i) => {
      const [station, , index, , score, phase, file, amplitude] = line.split(',');
      const { sample, label: wanted, probability } = whole[i]!;
      expect([station, phase, file, Number(index)]).toEqual([
        ...['PB.B204..EH', wanted, 'half.mseed'],
        sample,
      ]);
      expect(Math.abs(Number(score) - probability)).toBeLessThan(6e-4);
      const next = whole.find((other) => other.label === wanted && other.sample > sample);
      const to = Math.min(sample + 1200, next?.sample ?? Infinity);
      const sizes = segments.map(({ samples }) => {
        const mean = Float64Array.from(samples).reduce((a, b) => a + b, 0) / samples.length;
        return Math.max(...[...samples.slice(sample, to)].map((value) => Math.abs(value - mean)));
      });
      expect(Number(amplitude) / Math.max(...sizes)).toBeCloseTo(1, 3);
    });
  });

  // `read_mseed`, `normalize_long`, the network and `detect_peaks` of AI4EPS/PhaseNet (62005c6), by onnxruntime.
  test.each([
    ['event-50hz', 'PB.B204..EH 5004 0.961 P 8.669e+01', 'PB.B204..EH 5517 0.827 S 8.669e+01'],
    ['event-200hz', 'PB.B204..EH 5001 0.977 P 9.963e+01', 'PB.B204..EH 5512 0.909 S 9.963e+01'],
    ['network-en', 'UW.HANS..EN 6641 0.916 P 5.533e+02', 'UW.HANS..EN 7352 0.861 S 5.533e+02'],
  ])(
    'writes the table of its program: other rates, accelerometers (%s)',
    async (name, ...wanted) => {
      const page = await start();
      await page.addFiles(
        page.backend.grants.grant(path.join(shared, `golden/annotate/${name}.mseed`)),
      );
      const { runId } = await run(page, 'phasenet-original');
      const [, ...lines] = await table(page, runId, 'phasenet');
      const columns = lines.map((line) => line.split(','));
      expect(columns.map((of) => [of[0], of[2], of[4], of[5], of[7]].join(' '))).toEqual(wanted);
    },
  );

  test('picks hours in pieces as in one, where their length is a multiple of its strides', async () => {
    const segments = cut(0, 4000 * 256);
    const whole = (await wholeTrace(segments)).filter(({ probability }) => probability >= 0.3);
    expect(whole.length).toBeGreaterThan(8);
    for (const scanBlockS of [undefined, 2400]) {
      const page = await start(scanBlockS === undefined ? {} : { scanBlockS });
      await page.addFiles(page.backend.grants.grant(fileOf('hours.mseed', segments)));
      const { picks } = await run(page, 'phasenet-original');
      const begin = segments[0]!.startNs;
      expect(
        picks.map(({ phase, time }) => `${phase} ${Math.round(100 * secondsBetween(begin, time))}`),
      ).toEqual(whole.map(({ label, sample }) => `${label} ${sample}`));
      picks.forEach(({ probability }, i) => {
        expect(probability).toBeCloseTo(whole[i]!.probability, 6);
      });
    }
  });
});
