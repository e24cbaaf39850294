// Reference: ObsPy 1.5.1 and SciPy 1.17.1 (golden/signal-filter), at the tolerance each case states.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { demean, detrendLinear, detrendPolynomial } from '../../src/signal/detrend.ts';
import { detrendSimple, detrendSpline } from '../../src/signal/detrend.ts';
import { designBandFilter } from '../../src/signal/filter/bandFilter.ts';
import { designButterworth, designDecimationLowpass } from '../../src/signal/filter/design.ts';
import type { BandKind } from '../../src/signal/filter/design.ts';
import { filterCausal, filterZeroPhase } from '../../src/signal/filter/filterSamples.ts';
import { responseAt, type Sos } from '../../src/signal/filter/sections.ts';
import { taper, type TaperKind } from '../../src/signal/taper.ts';
import { sharedDir, sharedNote } from '../shared.ts';

interface Case {
  id: string;
  op: string;
  params: Record<string, unknown>;
  inputs: { x: string };
  outputs: {
    y?: string;
    raises?: string;
    responseAt?: string | number[];
    response?: string | number[][];
  };
  tolerance: { relativeToPeak?: number; responseRelative?: number };
}
interface Manifest {
  arrays: Record<string, { file: string; dtype: string }>;
  inputs: Record<string, { sampleRateHz: number }>;
  cases: Case[];
}

const folder = path.join(sharedDir() ?? '', 'golden/signal-filter');
const manifest: Manifest | undefined = sharedDir()
  ? (JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : undefined;
const cases = (ops: string[]): Case[] => manifest?.cases.filter((c) => ops.includes(c.op)) ?? [];

function array(name: string): Float64Array {
  const { file, dtype } = manifest!.arrays[name]!;
  const bytes = new Uint8Array(readFileSync(path.join(folder, file))).buffer;
  return dtype === 'i32' ? Float64Array.from(new Int32Array(bytes)) : new Float64Array(bytes);
}

const rateOf = (c: Case): number => manifest!.inputs[c.inputs.x.split('-')[0]!]!.sampleRateHz;

function expectClose(actual: Float64Array, c: Case): void {
  const expected = array(c.outputs.y!);
  let peak = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    peak = Math.max(peak, Math.abs(expected[i]!));
    worst = Math.max(worst, Math.abs(expected[i]! - actual[i]!));
  }
  expect(actual.length).toBe(expected.length);
  expect(worst / peak).toBeLessThanOrEqual(c.tolerance.relativeToPeak!);
}

function detrended(c: Case): Float64Array {
  const x = array(c.inputs.x);
  const { kind, order, dspline } = c.params as { kind: string; order: number; dspline: number };
  if (kind === 'demean') demean(x);
  else if (kind === 'linear') detrendLinear(x);
  else if (kind === 'simple') detrendSimple(x);
  else if (kind === 'polynomial') detrendPolynomial(x, order);
  else if (kind === 'spline') detrendSpline(x, order, dspline);
  else throw new Error(`no detrend ${kind}`);
  return x;
}

function tapered(c: Case): Float64Array {
  const x = array(c.inputs.x);
  const { kind, side } = c.params as { kind: TaperKind; side: 'left' | 'right' | 'both' };
  const { maxPercentage, maxLengthS } = c.params as Record<string, number | null>;
  const lengths = [
    typeof maxPercentage !== 'number' ? Infinity : Math.trunc(maxPercentage * x.length),
    typeof maxLengthS !== 'number' ? Infinity : Math.trunc(maxLengthS * rateOf(c)),
  ];
  taper(x, { kind, side, samples: Math.min(...lengths) });
  return x;
}

function sections(c: Case): Sos | undefined {
  const p = c.params as Record<string, number>;
  const corners = p.corners!;
  const band = { corners, zeroPhase: false };
  if (c.op === 'bandpass') {
    return designBandFilter({ ...band, lowHz: p.freqminHz, highHz: p.freqmaxHz }, rateOf(c));
  }
  if (c.op === 'highpass') {
    return designBandFilter({ ...band, lowHz: p.freqHz, highHz: undefined }, rateOf(c));
  }
  if (c.op === 'lowpassCheby2') return designDecimationLowpass(p.freqHz!, rateOf(c), p.maxOrder);
  const hz = c.op === 'bandstop' ? [p.freqminHz!, p.freqmaxHz!] : [p.freqHz!];
  return designButterworth(c.op as BandKind, hz, corners, rateOf(c));
}

const FILTERS = ['bandpass', 'highpass', 'lowpass', 'bandstop', 'lowpassCheby2'];

describe.skipIf(!manifest)(`filters equal ObsPy's and SciPy's${sharedNote}`, () => {
  test.each(cases(['detrend']).map((c) => [c.id, c] as const))('%s', (_, c) => {
    expectClose(detrended(c), c);
  });
  test.each(cases(['taper']).map((c) => [c.id, c] as const))('%s', (_, c) => {
    expectClose(tapered(c), c);
  });
  test.each(cases(FILTERS).map((c) => [c.id, c] as const))('%s', (_, c) => {
    if (c.outputs.raises) {
      expect(() => sections(c)).toThrow();
      return;
    }
    const x = array(c.inputs.x);
    const sos = sections(c)!;
    if (c.params.zeroPhase) filterZeroPhase(sos, x);
    else filterCausal(sos, x);
    expectClose(x, c);
  });
  test.each(cases(['designButterworth']).map((c) => [c.id, c] as const))('%s', (_, c) => {
    const { kind, cornersRelativeToNyquist, corners } = c.params as {
      kind: BandKind;
      cornersRelativeToNyquist: number[];
      corners: number;
    };
    const sos = designButterworth(kind, cornersRelativeToNyquist, corners, 2);
    const { responseAt: at, response } = c.outputs;
    const frequencies = typeof at === 'string' ? [...array(at)] : at!;
    const flat = typeof response === 'string' ? [...array(response)] : response!.flat();
    frequencies.forEach((f, i) => {
      const [re, im] = [flat[2 * i]!, flat[2 * i + 1]!];
      const ours = responseAt(sos, f, 2);
      const error = Math.hypot(ours.re - re, ours.im - im);
      expect(error).toBeLessThanOrEqual(
        c.tolerance.responseRelative! * Math.max(Math.hypot(re, im), 1e-3),
      );
    });
  });
});
