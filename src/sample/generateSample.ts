import { dayOfYear, epochNs, type EpochNs, parseTime, secondsToNs } from '../base/time.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../formats/miniseed/write2.ts';
import { type Channels, planPhases } from './eventWaves.ts';
import { addNoise, addTraffic } from './noise.ts';
import { coordinates, NETWORK_CODE, type SampleStation, STATIONS } from './network.ts';
import { Random } from './random.ts';
import {
  DEAD,
  GAP,
  GLITCH,
  SAMPLE_DURATION_S,
  SAMPLE_RATE_HZ,
  SAMPLE_START,
  SCENARIO,
} from './scenario.ts';
import { onsetSnr } from './snr.ts';
import type { SampleTruth, TrueOnset } from './truth.ts';

export interface SampleFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Sample {
  /** miniSEED, one file a channel. */
  readonly files: readonly SampleFile[];
  readonly truth: SampleTruth;
  /** The truth as JSON, to lie beside the waveforms. */
  readonly truthFile: SampleFile;
}

const CHANNEL_CODES = ['HHZ', 'HHN', 'HHE'] as const;
const COUNT = SAMPLE_DURATION_S * SAMPLE_RATE_HZ;
const CLEAR_SNR = 4;
const SEED = 20260314;

/** The sample project's waveforms and their true onsets: the same bytes at every call. Counts, 100 Hz. */
export function generateSample(): Sample {
  const startNs = parseTime(SAMPLE_START);
  const onsets: TrueOnset[] = [];
  const files = STATIONS.flatMap((station, index) => {
    const random = new Random(SEED + 7919 * index);
    const channels = emptyChannels();
    for (const [i, channel] of channels.entries()) {
      addNoise(channel, station, i === 0, SAMPLE_RATE_HZ, random);
    }
    addTraffic(channels, station, station.vehiclesPerHour, SAMPLE_RATE_HZ, random);
    onsets.push(...addEvents(channels, station, startNs, random));
    if (station.code === GLITCH.station) addGlitch(channels);
    return channels.map((channel, i) =>
      channelFile(channel, station.code, CHANNEL_CODES[i] ?? '', startNs),
    );
  });
  onsets.sort((a, b) => (BigInt(a.timeNs) < BigInt(b.timeNs) ? -1 : 1));
  const truth = describeTruth(startNs, onsets);
  const json = `${JSON.stringify(truth, null, 2)}\n`;
  return {
    files,
    truth,
    truthFile: { name: 'true-onsets.json', bytes: new TextEncoder().encode(json) },
  };
}

function emptyChannels(): Channels {
  return [new Float64Array(COUNT), new Float64Array(COUNT), new Float64Array(COUNT)];
}

function at(startNs: EpochNs, seconds: number): EpochNs {
  return epochNs(startNs + secondsToNs(seconds));
}

/** Adds every event phase by phase, and measures each onset against what was there before it. */
function addEvents(
  channels: Channels,
  station: SampleStation,
  startNs: EpochNs,
  random: Random,
): TrueOnset[] {
  const onsets: TrueOnset[] = [];
  for (const event of SCENARIO) {
    for (const { phase, onsetS, add } of planPhases(event, station, SAMPLE_RATE_HZ)) {
      const before = channels.map((channel) => sliceAround(channel, onsetS));
      add(channels, random);
      const after = channels.map((channel) => sliceAround(channel, onsetS));
      if (phase === 'Rg' || phase === 'Lg') continue;
      const living = phase.startsWith('P') ? [0] : livingHorizontals(station);
      const snrs = living.map((i) =>
        onsetSnr(before[i] ?? new Float64Array(0), after[i] ?? new Float64Array(0), SAMPLE_RATE_HZ),
      );
      const snr = Math.max(...snrs);
      onsets.push({
        station: `${NETWORK_CODE}.${station.code}`,
        phase,
        timeNs: at(startNs, onsetS).toString(),
        eventId: event.id,
        snr: Math.round(snr * 10) / 10,
        clear: snr >= CLEAR_SNR,
      });
    }
  }
  return onsets;
}

/** From 10 s before to 1.5 s after the onset. */
function sliceAround(channel: Float64Array, onsetS: number): Float64Array {
  const onset = Math.round(onsetS * SAMPLE_RATE_HZ);
  return channel.slice(onset - 10 * SAMPLE_RATE_HZ, onset + 1.5 * SAMPLE_RATE_HZ);
}

function livingHorizontals(station: SampleStation): number[] {
  return [1, 2].filter((i) => station.code !== DEAD.station || CHANNEL_CODES[i] !== DEAD.channel);
}

/** The seismometer's mass was touched: a spike, and the return of the feedback, on all three channels. */
function addGlitch(channels: Channels): void {
  const first = Math.round(GLITCH.atS * SAMPLE_RATE_HZ);
  const heights = [21_000, -9500, 5200];
  for (const [i, channel] of channels.entries()) {
    const height = heights[i] ?? 0;
    channel[first] = (channel[first] ?? 0) + 1.8 * height;
    for (let k = 1; k < 60 * SAMPLE_RATE_HZ; k++) {
      const t = k / SAMPLE_RATE_HZ;
      const swing = Math.exp(-t / 6) * (1 - t / 9);
      channel[first + k] = (channel[first + k] ?? 0) + height * swing;
    }
  }
}

function channelFile(
  channel: Float64Array,
  station: string,
  code: string,
  startNs: EpochNs,
): SampleFile {
  const stream = { network: NETWORK_CODE, station, location: '', channel: code };
  const counts = new Int32Array(COUNT);
  const dead = station === DEAD.station && code === DEAD.channel;
  // A dead channel still shows the digitizer's offset.
  for (let i = 0; i < COUNT; i++) counts[i] = dead ? -37 : Math.round(channel[i] ?? 0);
  const cut = (fromS: number, toS: number) => ({
    stream,
    startNs: at(startNs, fromS),
    sampleRateHz: SAMPLE_RATE_HZ,
    samples: counts.subarray(fromS * SAMPLE_RATE_HZ, toS * SAMPLE_RATE_HZ),
  });
  const segments =
    station === GAP.station
      ? [cut(0, GAP.fromS), cut(GAP.toS, SAMPLE_DURATION_S)]
      : [cut(0, SAMPLE_DURATION_S)];
  const year = new Date(Number(startNs / 1_000_000n)).getUTCFullYear();
  const day = String(dayOfYear(startNs)).padStart(3, '0');
  return {
    name: `${formatNslc(stream)}.D.${year}.${day}`,
    bytes: writeMiniseed2(segments, { recordLength: 4096 }),
  };
}

function describeTruth(startNs: EpochNs, onsets: readonly TrueOnset[]): SampleTruth {
  const streamsOf = (station: string) =>
    CHANNEL_CODES.map((channel) => `${NETWORK_CODE}.${station}..${channel}`);
  const ns = (seconds: number) => at(startNs, seconds).toString();
  return {
    startNs: startNs.toString(),
    endNs: ns(SAMPLE_DURATION_S),
    stations: STATIONS.map((station) => ({
      network: NETWORK_CODE,
      station: station.code,
      ...coordinates(station.eastKm, station.northKm),
    })),
    events: SCENARIO.map((event) => ({
      id: event.id,
      kind: event.kind,
      timeNs: ns(event.atS),
      ...coordinates(event.eastKm, event.northKm),
      depthKm: event.depthKm,
      magnitude: event.magnitude,
    })),
    onsets,
    disturbances: [
      {
        kind: 'glitch',
        streams: streamsOf(GLITCH.station),
        startNs: ns(GLITCH.atS),
        endNs: ns(GLITCH.atS + 40),
      },
      { kind: 'gap', streams: streamsOf(GAP.station), startNs: ns(GAP.fromS), endNs: ns(GAP.toS) },
      {
        kind: 'dead channel',
        streams: [`${NETWORK_CODE}.${DEAD.station}..${DEAD.channel}`],
        startNs: ns(0),
        endNs: ns(SAMPLE_DURATION_S),
      },
    ],
  };
}
