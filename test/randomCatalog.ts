// Catalogs with every combination of what picks and events may hold, from a fixed seed.
import { epochNs } from '../src/base/time.ts';
import { fromFirstParameters } from '../src/domain/event/firstRunParameters.ts';
import type { CatalogExtract } from '../src/domain/event/catalogDocument.ts';
import type { ModelRun } from '../src/domain/event/modelRun.ts';
import { ONSETS, type Pick, PICK_STATES, POLARITIES } from '../src/domain/event/pick.ts';
import type { SeismicEvent } from '../src/domain/event/seismicEvent.ts';

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TEXTS = [
  'analyst',
  'Ólafur Þór',
  'A & B <c>',
  '"quoted", \'too\'',
  'line\nbreak',
  '茨城県 🌋',
  'x~20y',
];
const PHASES = ['P', 'S', 'Pn', 'Sg', 'PcP', 'Lg', "P'P'", 'pP', ''];

const SET_HASH = 'cd'.repeat(32);

export function randomCatalog(seed: number, eventCount: number, picksEach: number): CatalogExtract {
  const random = seededRandom(seed);
  const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const maybe = <T>(make: () => T): T | undefined => (random() < 0.5 ? make() : undefined);
  const time = (span = 3e8) =>
    epochNs(1_600_000_000_000_000_000n + BigInt(Math.floor(random() * span)) * 1_000_000_007n);
  const runs: ModelRun[] = [1, 2].map((id) => ({
    id,
    modelId: 'onset-1',
    modelVersion: '0.1.0',
    modelSha256: 'ab'.repeat(32),
    programVersion: '0.1.0',
    parameters: {
      ...fromFirstParameters({
        thresholds: { p: 0.3, s: 0.25 },
        overlapSamples: 1501,
        blindingSamples: [250, 250],
        stacking: 'avg',
        minimumPeakDistanceSamples: 100,
        batchSize: 32,
      }),
      streams: id === 1 ? undefined : ['UW.HANS..HH'],
      window:
        id === 1 ? undefined : { startNs: time(), endNs: epochNs(2_000_000_000_000_000_000n) },
    },
    state: 'done',
    startedNs: time(),
    finishedNs: id === 1 ? undefined : time(),
    pickCount: 12,
    ...(id === 1 && { setHash: SET_HASH }),
    skipped: [{ stream: 'UW.X..BHZ', reason: 'only one component & "none" more' }],
    notes: [{ stream: 'UW.X..BHZ', reason: 'resampled from 40 to 100 Hz' }],
  }));
  const picks: Pick[] = [];
  const events: SeismicEvent[] = [];
  const addPick = (eventId: number | undefined): number => {
    const id = picks.length + 1;
    const runId = maybe(() => one([1, 2]));
    picks.push({
      id,
      ...(runId === 1 && { setHash: SET_HASH }),
      stream: {
        network: one(['UW', 'IU', '']),
        station: one(['HANS', 'A', 'ANMO8888', 'LONGSTATION']),
        location: one(['', '00', '10']),
        channel: one(['HHZ', 'BH1', 'EHE']),
      },
      time: time(),
      lowerUncertaintyS: maybe(() => random()),
      upperUncertaintyS: maybe(() => one([0.02, random(), 1e-7])),
      phase: one(PHASES),
      polarity: maybe(() => one(POLARITIES)),
      onset: maybe(() => one(ONSETS)),
      weight: maybe(() => one([0, 1, 2, 3, 4] as const)),
      probability: maybe(() => one([0, 1, random()])),
      state: one(PICK_STATES),
      author: one([...TEXTS, '', 'y'.repeat(200)]),
      method: one(['onset-1, width at exp(-1/2)', 'by hand', 'smi:uw.anss.org/pick/x', '', '手動']),
      filter: maybe(() => ({
        lowHz: maybe(() => one([1, 0.01, 1e-7])),
        highHz: maybe(() => 20),
        corners: one([2, 4]),
        zeroPhase: random() < 0.5,
      })),
      runId,
      eventId,
      createdNs: time(),
      publicId: maybe(() => `quakeml:uw.anss.org/Arrival/UW/${id}`),
      threshold: maybe(() => 0.3),
      uncertaintyMethod: maybe(() => 'width at exp(-1/2)'),
      evaluationMode: one(['automatic', 'manual'] as const),
    });
    return id;
  };
  for (let e = 1; e <= eventCount; e++) {
    events.push({
      id: e,
      publicId: maybe(() => `quakeml:uw.anss.org/Event/UW/${e}`),
      origin: maybe(() => ({
        time: time(),
        latitudeDeg: random() * 180 - 90,
        longitudeDeg: random() * 360 - 180,
        depthM: maybe(() => Math.round(random() * 6e5)),
        timeUncertaintyS: maybe(() => random()),
        method: one(['by hand', 'smi:uw.anss.org/origin/HYP2000', '']),
      })),
      pickIds: Array.from({ length: picksEach }, () => addPick(e)),
      type: maybe(() => one(['earthquake', 'quarry blast', 'tremor', 'ice quake'])),
      comment: maybe(() => one(TEXTS)),
      author: one([...TEXTS, 'z'.repeat(130)]),
      createdNs: time(),
    });
  }
  for (let i = 0; i < picksEach; i++) addPick(undefined);
  return { events, picks, runs };
}
