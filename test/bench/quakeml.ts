// Writes and reads a catalog of 10 000 events × 20 picks, as golden/BASELINES.md has it for ObsPy 1.5.1
// (15.9 s and 156 s on the reference machine), and prints our figures. Memory: the reader streams.

import { performance } from 'node:perf_hooks';
import { epochNs } from '../../src/base/time.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import type { SeismicEvent } from '../../src/domain/event/seismicEvent.ts';
import { readQuakeml } from '../../src/formats/quakeml/reader.ts';
import { quakemlChunks } from '../../src/formats/quakeml/writer.ts';

const PICKS_EACH = 20;

function catalog(eventCount: number) {
  const start = 1_600_000_000_000_000_000n;
  const events: SeismicEvent[] = [];
  const picks: Pick[] = [];
  for (let e = 1; e <= eventCount; e++) {
    const time = epochNs(start + BigInt(e) * 60_000_000_000n);
    const pickIds: number[] = [];
    for (let p = 0; p < PICKS_EACH; p++) {
      const id = picks.length + 1;
      pickIds.push(id);
      picks.push({
        id,
        stream: { network: 'UW', station: `S${p}`, location: '', channel: 'HHZ' },
        time: epochNs(time + BigInt(p) * 700_000_000n),
        lowerUncertaintyS: 0.02,
        upperUncertaintyS: 0.03,
        phase: p % 2 === 0 ? 'P' : 'S',
        polarity: 'up',
        onset: 'impulsive',
        weight: undefined,
        probability: 0.75,
        filter: undefined,
        state: 'automatic',
        author: 'onset-1',
        method: 'onset-1',
        runId: undefined,
        eventId: e,
        createdNs: time,
        publicId: undefined,
        evaluationMode: 'automatic',
      });
    }
    events.push({
      id: e,
      publicId: undefined,
      origin: {
        time,
        latitudeDeg: 48,
        longitudeDeg: -122.5,
        depthM: 12_000,
        timeUncertaintyS: 0.1,
        method: 'by hand',
      },
      pickIds,
      type: 'earthquake',
      comment: undefined,
      author: 'analyst',
      createdNs: time,
    });
  }
  return { events, picks, runs: [] };
}

const eventCount = Number(process.argv[2] ?? 10_000);
const extract = catalog(eventCount);

const writeStart = performance.now();
const encoder = new TextEncoder();
const parts: Uint8Array[] = [];
for (const chunk of quakemlChunks(extract, { includeRejected: false, programVersion: 'bench' })) {
  parts.push(encoder.encode(chunk));
}
const bytes = Buffer.concat(parts);
const writeS = (performance.now() - writeStart) / 1000;

const readStart = performance.now();
const read = readQuakeml(bytes);
const readS = (performance.now() - readStart) / 1000;
if (read.events.length !== eventCount || read.warnings.length > 0) {
  throw new Error(`bench: ${read.events.length} events came back, ${read.warnings[0] ?? ''}`);
}

const scale = eventCount / 10_000;
const row = (name: string, seconds: number, obspyS: number, budgetS: number) =>
  `${name.padEnd(30)} ${seconds.toFixed(2).padStart(8)} s   ObsPy ${(obspyS * scale).toFixed(1)} s   budget ${(budgetS * scale).toFixed(1)} s   ${seconds <= budgetS * scale ? 'ok' : 'OVER BUDGET'}`;
console.log(
  `QuakeML, ${eventCount} events × ${PICKS_EACH} picks and arrivals, ${(bytes.length / 1e6).toFixed(1)} MB`,
);
console.log(row('write', writeS, 15.9, 15.9));
console.log(row('read', readS, 156, 78));
console.log(
  `${'memory after'.padEnd(30)} ${(process.memoryUsage().rss / 1e6).toFixed(0).padStart(8)} MB  ObsPy 2266 MB`,
);
process.exitCode = writeS > 15.9 * scale || readS > 78 * scale ? 1 : 0;
