import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { epochNs, secondsBetween } from '../base/time.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { type DecodedSegment, readMiniseed } from '../formats/miniseed/read.ts';
import { generateSample } from './generateSample.ts';

const sample = generateSample();
const { truth } = sample;
const startNs = epochNs(BigInt(truth.startNs));
const byStream = new Map<string, DecodedSegment[]>();
for (const file of sample.files) {
  const { segments, warnings } = readMiniseed(file.bytes);
  expect(warnings).toEqual([]);
  for (const segment of segments) {
    const key = formatNslc(segment.stream);
    byStream.set(key, [...(byStream.get(key) ?? []), segment]);
  }
}

const secondsIn = (ns: string) => secondsBetween(startNs, epochNs(BigInt(ns)));
const onsetOf = (eventId: string, station: string, phase: string) =>
  truth.onsets.find((o) => o.eventId === eventId && o.station === station && o.phase === phase);

/** RMS of the sample-to-sample differences: what is left of the ground above a few hertz. */
function roughness(samples: ArrayLike<number>, fromS: number, toS: number): number {
  let sum = 0;
  for (let i = Math.round(fromS * 100); i < toS * 100; i++) {
    sum += ((samples[i] ?? 0) - (samples[i - 1] ?? 0)) ** 2;
  }
  return Math.sqrt(sum / ((toS - fromS) * 100));
}

describe('the sample', () => {
  test('has five stations of three channels, two hours at 100 Hz', () => {
    expect([...byStream.keys()].length).toBe(15);
    for (const segments of byStream.values()) {
      expect(segments.every((s) => s.sampleRateHz === 100 && s.sampleType === 'int32')).toBe(true);
    }
    expect(byStream.get('XX.BREN..HHZ')?.map((s) => s.samples.length)).toEqual([720_000]);
  });

  // In a process of its own: there no coverage is counted, which would take several times as long.
  test('is the same at every call, in another process too', () => {
    const module = new URL('generateSample.ts', import.meta.url).href;
    const script = `import { createHash } from 'node:crypto';
      const { generateSample } = await import(${JSON.stringify(module)});
      const { files, truthFile } = generateSample();
      const sum = createHash('sha256');
      for (const file of [...files, truthFile]) sum.update(file.name).update(file.bytes);
      console.log(JSON.stringify({ sha256: sum.digest('hex') }));`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(run.stderr.toString()).toBe('');
    const { sha256 } = JSON.parse(run.stdout.toString()) as Record<string, unknown>;
    const sum = createHash('sha256');
    for (const file of [...sample.files, sample.truthFile]) {
      sum.update(file.name).update(file.bytes);
    }
    expect(sha256).toBe(sum.digest('hex'));
  });

  test('has its gap, its dead channel and its glitch where the truth says', () => {
    const [gap, dead, glitch] = ['gap', 'dead channel', 'glitch'].map((kind) =>
      truth.disturbances.find((disturbance) => disturbance.kind === kind),
    );
    for (const stream of gap?.streams ?? []) {
      expect(byStream.get(stream)?.map((s) => s.samples.length)).toEqual([
        secondsIn(gap?.startNs ?? '0') * 100,
        720_000 - secondsIn(gap?.endNs ?? '0') * 100,
      ]);
    }
    expect(new Set(byStream.get(dead?.streams[0] ?? '')?.[0]?.samples).size).toBe(1);
    const hit = byStream.get(glitch?.streams[0] ?? '')?.[0]?.samples ?? [];
    const at = Math.round(secondsIn(glitch?.startNs ?? '0') * 100);
    expect((hit[at] ?? 0) - (hit[at - 1] ?? 0)).toBeGreaterThan(20_000);
  });

  test('obeys travel times: S after P, farther later, and P speed between crust and mantle', () => {
    for (const event of truth.events) {
      const eventS = secondsIn(event.timeNs);
      for (const station of truth.stations) {
        const id = `${station.network}.${station.station}`;
        const [p, s] = event.kind === 'regional earthquake' ? ['Pn', 'Sn'] : ['P', 'S'];
        const pS = secondsIn(onsetOf(event.id, id, p)?.timeNs ?? '0') - eventS;
        const sS = secondsIn(onsetOf(event.id, id, s)?.timeNs ?? '0') - eventS;
        const northKm = (station.latitudeDeg - event.latitudeDeg) * 111.19;
        const cos = Math.cos((46.62 * Math.PI) / 180);
        const eastKm = (station.longitudeDeg - event.longitudeDeg) * 111.19 * cos;
        const pathKm = Math.hypot(northKm, eastKm, event.depthKm);
        expect(pathKm / pS).toBeGreaterThan(5.5);
        expect(pathKm / pS).toBeLessThan(8);
        expect(sS / pS).toBeGreaterThan(1.65);
        expect(sS / pS).toBeLessThan(1.8);
      }
    }
  });

  test('has the onsets in the waveforms: quiet before a clear local P, not after', () => {
    const clear = truth.onsets.filter((o) => o.clear && o.phase === 'P' && o.snr > 5);
    expect(clear.length).toBeGreaterThan(8);
    for (const onset of clear) {
      const segment = byStream.get(`${onset.station}..HHZ`)?.findLast((s) => {
        return s.startNs <= BigInt(onset.timeNs);
      });
      const samples = segment?.samples ?? [];
      const at = secondsBetween(segment?.startNs ?? startNs, epochNs(BigInt(onset.timeNs)));
      const noise = roughness(samples, at - 4, at - 0.05);
      expect(roughness(samples, at, at + 0.5), JSON.stringify(onset)).toBeGreaterThan(1.8 * noise);
    }
  });

  test('is as unequal as nature: sizes apart, some onsets clear, some not', () => {
    const best = (eventId: string) =>
      Math.max(...truth.onsets.filter((o) => o.eventId === eventId).map((o) => o.snr));
    expect(best('larger-local')).toBeGreaterThan(10 * best('small-local'));
    expect(new Set(truth.onsets.map((o) => o.clear))).toEqual(new Set([true, false]));
    expect(JSON.parse(new TextDecoder().decode(sample.truthFile.bytes))).toEqual(truth);
  });
});
