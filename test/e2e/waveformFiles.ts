// Waveform files for journeys, written by our own writer with a fixed seed.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { epochNs, parseTime } from '../../src/base/time.ts';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';

export interface NoiseRequest {
  readonly network?: string;
  readonly station: string;
  readonly channel: string;
  readonly start: string;
  readonly lengthS: number;
  readonly sampleRateHz: number;
}

/** Noise that wanders a little, with a burst in its middle; the same for the same request. */
export function noise(request: NoiseRequest): TraceSegment {
  const { network = 'XX', station, channel, start, lengthS, sampleRateHz } = request;
  const samples = new Int32Array(Math.round(lengthS * sampleRateHz));
  let state = [...`${network}${station}${channel}`].reduce(
    (sum, c) => sum * 31 + c.charCodeAt(0),
    7,
  );
  let slow = 0;
  const middle = samples.length / 2;
  for (let i = 0; i < samples.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const white = state / 2 ** 31;
    slow = 0.999 * slow + white;
    const burst = i > middle ? 40 * Math.exp(-(i - middle) / (sampleRateHz * 8)) : 0;
    samples[i] = Math.round(1000 + 60 * slow + (200 + 200 * burst) * white);
  }
  return {
    stream: { network, station, location: '', channel },
    startNs: epochNs(parseTime(start)),
    sampleRateHz,
    samples,
  };
}

export function writeNoise(file: string, ...requests: readonly NoiseRequest[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, writeMiniseed2(requests.map(noise)));
}

/** Stations `S01 …` with one vertical each, in one file a station. */
export function writeStations(
  folder: string,
  count: number,
  rest: Omit<NoiseRequest, 'station' | 'channel'>,
): void {
  for (let i = 1; i <= count; i += 1) {
    const station = `S${String(i).padStart(2, '0')}`;
    writeNoise(path.join(folder, `${station}.mseed`), { station, channel: 'HHZ', ...rest });
  }
}
