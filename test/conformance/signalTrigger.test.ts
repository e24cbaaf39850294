// Reference: ObsPy 1.5.1, SciPy 1.17.1 and NumPy (golden/signal-trigger), at the tolerance each case states.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { streamKeyOf } from '../../src/domain/waveform/streamKey.ts';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { demean } from '../../src/signal/detrend.ts';
import { designBandFilter } from '../../src/signal/filter/bandFilter.ts';
import { filterCausal } from '../../src/signal/filter/filterSamples.ts';
import { aicCurve, aicOnset } from '../../src/signal/trigger/aic.ts';
import { arPick } from '../../src/signal/trigger/arPicker.ts';
import { baerKradolferPick } from '../../src/signal/trigger/baerKradolfer.ts';
import { coincidences, type TraceTrigger } from '../../src/signal/trigger/coincidence.ts';
import { kurtosisCurve } from '../../src/signal/trigger/kurtosis.ts';
import { triggerSpans } from '../../src/signal/trigger/onsets.ts';
import { signalToNoiseFigures } from '../../src/signal/trigger/snr.ts';
import * as staLta from '../../src/signal/trigger/staLta.ts';
import { sharedDir, sharedNote } from '../shared.ts';

interface Case {
  readonly id: string;
  readonly op: string;
  readonly params: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly tolerance: Readonly<Record<string, number>>;
  readonly note?: string;
}
interface Manifest {
  readonly arrays: Readonly<Record<string, { file: string; dtype: string }>>;
  readonly cases: readonly Case[];
}

const shared = sharedDir() ?? '';
const folder = path.join(shared, 'golden/signal-trigger');
const manifest: Manifest | undefined = sharedDir()
  ? (JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : undefined;
const casesOf = (...ops: string[]): Case[] =>
  manifest?.cases.filter(({ op }) => ops.includes(op)) ?? [];

function array(name: string): Float64Array {
  const { file, dtype } = manifest!.arrays[name]!;
  const bytes = new Uint8Array(readFileSync(path.join(folder, file))).buffer;
  if (dtype === 'i32') return Float64Array.from(new Int32Array(bytes));
  return dtype === 'f32' ? Float64Array.from(new Float32Array(bytes)) : new Float64Array(bytes);
}

function worstToPeak(actual: ArrayLike<number>, expected: Float64Array): number {
  let peak = 0;
  let worst = 0;
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    if (!Number.isFinite(value)) {
      expect(actual[i]).toBe(value);
      continue;
    }
    peak = Math.max(peak, Math.abs(value));
    worst = Math.max(worst, Math.abs(value - actual[i]!));
  }
  return worst / peak;
}

function curveOf({ op, params, inputs }: Case): Float64Array {
  const x = array(inputs.x!);
  const { nsta = 0, nlta = 0 } = params;
  switch (op) {
    case 'classic_sta_lta':
      return staLta.classicStaLta(x, nsta, nlta);
    case 'recursive_sta_lta':
      return staLta.recursiveStaLta(x, nsta, nlta);
    case 'delayed_sta_lta':
      return staLta.delayedStaLta(x, nsta, nlta);
    case 'z_detect':
      return staLta.zDetect(x, nsta);
    case 'energy_ratio':
      return staLta.energyRatio(x, nsta);
    case 'modified_energy_ratio':
      return staLta.modifiedEnergyRatio(x, nsta, params.power);
    case 'carl_sta_trig':
      return staLta.carlStaTrigger(x, {
        sta: nsta,
        lta: nlta,
        ratio: params.ratio!,
        quiet: params.quiet!,
      });
    case 'aic':
      return aicCurve(x.slice(0, params.samples));
    case 'kurtosis':
      return kurtosisCurve(x, params.window!);
    default:
      throw new Error(`no characteristic function ${op}`);
  }
}

const CURVES = [
  'classic_sta_lta',
  'recursive_sta_lta',
  'delayed_sta_lta',
  'carl_sta_trig',
  'z_detect',
  'energy_ratio',
  'modified_energy_ratio',
  'aic',
  'kurtosis',
];

describe.skipIf(!manifest)(`triggers against ObsPy ${sharedNote}`, () => {
  test.each(casesOf(...CURVES))('$id', (each) => {
    const worst = worstToPeak(curveOf(each), array(each.outputs.y as string));
    expect(worst).toBeLessThanOrEqual(each.tolerance.relativeToPeak!);
  });

  test.each(casesOf('aic').filter(({ note }) => note))(
    'onset of $id',
    ({ inputs, params, note }) => {
      const x = array(inputs.x!).slice(0, params.samples);
      expect(`minimum: ${aicOnset(x)}`).toBe(note);
    },
  );

  test.each(casesOf('triggerOnset'))('$id', ({ inputs, params, outputs }) => {
    const { x, values = [] } = inputs as { x?: string; values?: (number | 'NaN')[] };
    const curve = x === undefined ? values.map(Number) : array(x);
    const { maxLen, maxLenDelete } = params as unknown as {
      maxLen?: number | null;
      maxLenDelete?: boolean;
    };
    const longest =
      typeof maxLen === 'number' ? { samples: maxLen, drop: maxLenDelete === true } : undefined;
    const spans = triggerSpans(curve, params.on!, params.off!, longest);
    expect(spans.map(({ on, off }) => [on, off])).toEqual(outputs.onOffSamples);
  });

  test.each(casesOf('baerKradolfer'))('$id', ({ inputs, params, outputs, tolerance }) => {
    const record = array(inputs.x!).subarray(params.firstSample ?? 0);
    const { sample, description, curve } = baerKradolferPick(record, {
      sampleRateHz: params.sampleRateHz!,
      longestDipSamples: params.tdownmax!,
      shortestEventSamples: params.tupevent!,
      triggerLevel: params.thr1!,
      noiseLevel: params.thr2!,
      presetSamples: params.presetLen!,
      amplitudeSamples: params.pDur!,
    });
    expect([sample ?? 1, description]).toEqual([
      // ObsPy answers sample 1 for none.
      outputs.pickSample,
      outputs.phaseInfo,
    ]);
    if (outputs.cf === undefined) {
      expect(Math.max(...curve) / (outputs.cfMax as number)).toBeCloseTo(1, 3);
      expect(curve.indexOf(Math.max(...curve))).toBe(outputs.cfArgmax);
    } else {
      const reference = array(outputs.cf as string);
      expect(worstToPeak(curve, reference)).toBeLessThanOrEqual(tolerance.cfRelative!);
    }
  });

  test.each(casesOf('snr'))('$id', ({ inputs, params, outputs, tolerance }) => {
    const figures = signalToNoiseFigures(array(inputs.x!), params.pickSample!, params.window!);
    for (const [name, value] of Object.entries(outputs)) {
      const actual = (figures as unknown as Record<string, number>)[name]!;
      expect(Math.abs(actual / (value as number) - 1), name).toBeLessThan(tolerance.relative!);
    }
  });
});

function tracesOf(file: string): Map<string, TraceSegment> {
  const { segments } = readMiniseed(readFileSync(path.join(shared, 'data', file)));
  return new Map(segments.map((segment) => [streamKeyOf(segment.stream), segment as TraceSegment]));
}

describe.skipIf(!manifest)(`pickers on records ${sharedNote}`, () => {
  test.each(casesOf('arPick'))('$id', ({ inputs, params, outputs, tolerance }) => {
    const traces = tracesOf(inputs.file!);
    const samplesOf = (key: string): Float64Array => Float64Array.from(traces.get(key)!.samples);
    const picks = arPick(samplesOf(inputs.z!), [samplesOf(inputs.n!), samplesOf(inputs.e!)], {
      sampleRateHz: traces.get(inputs.z!)!.sampleRateHz,
      lowHz: params.f1!,
      highHz: params.f2!,
      ltaPS: params.ltaP!,
      staPS: params.staP!,
      ltaSS: params.ltaS!,
      staSS: params.staS!,
      orderP: params.mP!,
      orderS: params.mS!,
      windowPS: params.lP!,
      windowSS: params.lS!,
    });
    expect(Math.abs(picks.pS! - (outputs.pS as number))).toBeLessThan(tolerance.seconds!);
    if (outputs.sS === null) return;
    expect(Math.abs(picks.sS! - (outputs.sS as number))).toBeLessThan(tolerance.seconds!);
  });

  test.each(casesOf('coincidenceTrigger'))('$id', (each) => {
    const expected = each.outputs.triggers as ReferenceCoincidence[];
    const { found, originNs } = coincidencesOf(each);
    expect(found.map(({ triggers }) => triggers.map(({ trace }) => trace))).toEqual(
      expected.map(({ traceIds }) => traceIds),
    );
    for (const [i, coincidence] of found.entries()) {
      const reference = expected[i]!;
      const startS = Number(BigInt(reference.timeNs) - originNs) / 1e9;
      expect(Math.abs(coincidence.onS - startS)).toBeLessThan(each.tolerance.timeSeconds!);
      expect(Math.abs(coincidence.durationS - reference.durationS)).toBeLessThan(
        each.tolerance.timeSeconds!,
      );
      expect(coincidence.sum).toBe(reference.coincidenceSum);
      expect(coincidence.peakMean / reference.cftPeakWmean).toBeCloseTo(1, 6);
      expect(coincidence.deviationMean / reference.cftStdWmean).toBeCloseTo(1, 6);
    }
  });
});

interface ReferenceCoincidence {
  readonly timeNs: string;
  readonly durationS: number;
  readonly traceIds: readonly string[];
  readonly coincidenceSum: number;
  readonly cftPeakWmean: number;
  readonly cftStdWmean: number;
}

function coincidencesOf({ params, inputs }: Case) {
  const traces = [...tracesOf(inputs.file!)].filter(([key]) => key.endsWith('Z')).sort();
  const originNs = traces[0]![1].startNs;
  const triggers = traces.flatMap(([key, trace]) => triggersOf(key, trace, originNs, params));
  const found = coincidences(triggers, {
    leastSum: params.coincidenceSum!,
    weights: (params.weights ?? {}) as unknown as Record<string, number>,
    extensionS: params.triggerOffExtensionS!,
  });
  return { found, originNs };
}

function triggersOf(
  key: string,
  { samples, sampleRateHz, startNs, stream }: TraceSegment,
  originNs: bigint,
  params: Case['params'],
): TraceTrigger[] {
  const { corners, bandpassHz } = params.prefilter as unknown as {
    corners: number;
    bandpassHz: [number, number];
  };
  const x = Float64Array.from(samples);
  demean(x);
  const [lowHz, highHz] = bandpassHz;
  filterCausal(designBandFilter({ lowHz, highHz, corners, zeroPhase: false }, sampleRateHz)!, x);
  const classic = (params.kind as unknown as string) === 'classicstalta';
  const sta = Math.trunc(params.staS! * sampleRateHz);
  const lta = Math.trunc(params.ltaS! * sampleRateHz);
  const curve = classic ? staLta.classicStaLta(x, sta, lta) : staLta.recursiveStaLta(x, sta, lta);
  const longest = params.maxTriggerLengthS as number | null;
  const limit =
    longest === null
      ? undefined
      : { samples: Math.trunc(longest * sampleRateHz + 0.5), drop: false };
  const startS = Number(startNs - originNs) / 1e9;
  return triggerSpans(curve, params.on!, params.off!, limit).map(({ on, off }) => {
    const values = off > on ? curve.subarray(on, off) : curve.subarray(on, on + 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      trace: key,
      station: stream.station,
      onS: startS + on / sampleRateHz,
      offS: startS + off / sampleRateHz,
      peak: Math.max(...values),
      deviation: Math.sqrt(squares / values.length),
    };
  });
}
