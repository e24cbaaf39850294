// Snuffler marker files against golden/snuffler-markers: what pyrocko 2026.6.2 reads of 83 files, its own and broken
// ones. Times are compared with the exact nanoseconds of the digits; pyrocko's own are doubles.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/appError.ts';
import { epochNs, secondsToNs } from '../../src/base/time.ts';
import { associate } from '../../src/formats/markers/associate.ts';
import { eventHash } from '../../src/formats/markers/eventHash.ts';
import type { Marker, PhaseMarker } from '../../src/formats/markers/marker.ts';
import { snufflerDigits } from '../../src/formats/markers/markerTime.ts';
import { readMarkers } from '../../src/formats/markers/reader.ts';
import { writeMarkers } from '../../src/formats/markers/writer.ts';
import { sharedDir, sharedNote } from '../shared.ts';

type Times = [string, string, string | null];
interface Source {
  type: 'Marker' | 'PhaseMarker' | 'EventMarker';
  tmin: number;
  tmax: number;
  kind: number;
  nslcIds: string[][];
  phase?: string | null;
  polarity?: -1 | 0 | 1 | null;
  automatic?: boolean | null;
  eventHash?: string | null;
  eventTime?: number | null;
  latitude?: number | null;
  longitude?: number | null;
  depthM?: number | null;
  magnitude?: number | null;
  name?: string | null;
  region?: string | null;
  catalog?: string | null;
}
interface MarkerCase {
  id: string;
  op: string;
  params: { fdigits?: number; associate?: boolean };
  inputs: { file?: string; dataFile?: string };
  outputs: {
    raises?: string;
    markers?: number;
    times?: Times[];
    source?: Source[];
    sumTminNs?: string;
    nslc?: Record<string, number>;
  };
  note: string;
}
interface Manifest {
  cases: MarkerCase[];
  digitsBySamplingInterval: [number, number][];
}

const shared = sharedDir();
const folder = join(shared ?? '', 'golden/snuffler-markers');
const manifest: Manifest = shared
  ? (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest)
  : { cases: [], digitsBySamplingInterval: [] };

/** How many good lines a file has that pyrocko refuses as a whole. */
const KEPT: Record<string, number | RegExp> = {
  'phase-name-inner-quotes': 0,
  'phase-name-newline': 0,
  'before-1970-last-second': 1,
  'year-12000': 0,
  'bad-not-markers': /not a marker file/,
  'bad-empty': /not a marker file/,
  'bad-header-second': /not a marker file/,
  'bad-bom': 5,
  'bad-utf16': 5,
  'bad-latin1': 1,
  'bad-binary': 0,
  'bad-one-line': 4,
  'bad-truncated': 4,
};

function row(marker: Marker, associated?: ReadonlyMap<PhaseMarker, Marker>) {
  const base = { kind: marker.kind, nslcIds: marker.streams };
  if (marker.type === 'plain') return { type: 'Marker', ...base };
  if (marker.type === 'phase') {
    const { phase, polarity, automatic } = marker;
    const event = associated?.get(marker);
    const hash = event?.type === 'event' ? eventHash(event) : marker.eventHash;
    const mended = { phase: phase ?? null, eventHash: hash ?? null, polarity: polarity ?? null };
    return { type: 'PhaseMarker', ...base, ...mended, automatic };
  }
  return {
    type: 'EventMarker',
    ...base,
    eventHash: marker.eventHash ?? eventHash(marker),
    hashNow: eventHash(marker),
    latitude: plain(marker.latitudeDeg),
    longitude: plain(marker.longitudeDeg),
    depthM: plain(marker.depthM),
    magnitude: plain(marker.magnitude),
    name: marker.name ?? null,
    region: marker.region ?? null,
    catalog: marker.catalog ?? null,
  };
}

function plain(value: number | undefined): number | string | null {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

/** What golden says of a marker, its times and label apart. */
function goldenRow(golden: Record<string, unknown>) {
  const apart = new Set(['tminNs', 'tmaxNs', 'eventTimeNs', 'label']);
  return Object.fromEntries(Object.entries(golden).filter(([name]) => !apart.has(name)));
}

function timesOf(marker: Marker): Times {
  const event = marker.type === 'phase' ? marker.eventTimeNs : undefined;
  return [marker.startNs.toString(), marker.endNs.toString(), event?.toString() ?? null];
}

const ns = (seconds: number) => epochNs(secondsToNs(seconds));

function fromSource(source: Source): Marker {
  const base = {
    startNs: ns(source.tmin),
    endNs: ns(source.tmax),
    kind: source.kind,
    streams: source.nslcIds,
  };
  if (source.type === 'Marker') return { type: 'plain', ...base };
  if (source.type === 'PhaseMarker') {
    return {
      type: 'phase',
      ...base,
      phase: source.phase ?? undefined,
      polarity: source.polarity ?? undefined,
      automatic: source.automatic ?? false,
      eventHash: source.eventHash ?? undefined,
      // pyrocko takes an event time of exactly 0 for none.
      eventTimeNs: source.eventTime ? ns(source.eventTime) : undefined,
    };
  }
  return {
    type: 'event',
    ...base,
    eventHash: undefined,
    latitudeDeg: source.latitude ?? undefined,
    longitudeDeg: source.longitude ?? undefined,
    depthM: source.depthM ?? undefined,
    magnitude: source.magnitude ?? undefined,
    name: source.name ?? undefined,
    region: source.region ?? undefined,
    catalog: source.catalog ?? undefined,
  };
}

describe.skipIf(!shared)(`golden/snuffler-markers${sharedNote}`, () => {
  const bytesOf = (file: string) => readFileSync(join(folder, file));
  const readable = manifest.cases.filter((c) => c.inputs.file && c.outputs.raises === undefined);

  test.each(readable)('$id: $note', ({ id, params, inputs, outputs }) => {
    const { markers, warnings } = readMarkers(bytesOf(inputs.file!));
    const golden = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')) as {
      markers: Record<string, unknown>[];
      warnings?: string[];
    };
    const associated = params.associate ? associate(markers) : undefined;
    expect(markers.map((marker) => row(marker, associated))).toEqual(golden.markers.map(goldenRow));
    if (outputs.times) {
      expect(markers.map(timesOf)).toEqual(outputs.times);
    }
    expect(warnings.length > 0).toBe((golden.warnings ?? []).length > 0);
  });

  const refused = manifest.cases.filter((c) => c.outputs.raises !== undefined);
  test.each(refused)('$id costs what is bad and no more: $note', ({ id, inputs }) => {
    const kept = KEPT[id];
    const read = () => readMarkers(bytesOf(inputs.file!));
    if (kept instanceof RegExp) {
      expect(read).toThrow(AppError);
      expect(read).toThrow(kept);
      return;
    }
    const { markers, warnings } = read();
    const lossless = ['before-1970-last-second', 'bad-bom', 'bad-utf16'];
    if (!lossless.includes(id)) expect(warnings.join('\n')).toMatch(/line \d+: |Windows-1252/);
    if (kept !== undefined) expect(markers).toHaveLength(kept);
    else expect(markers.length).toBe(goodLines(inputs.file!));
  });

  test.each(manifest.cases.filter((c) => c.op === 'writtenByPyrocko' && c.outputs.source))(
    '$id: our writer and pyrocko agree token by token',
    ({ id, params, inputs, outputs }) => {
      const text = writeMarkers(outputs.source!.map(fromSource), params.fdigits!);
      const theirs = bytesOf(inputs.file!).toString('utf8');
      if (OWN_SPELLING.has(id)) {
        // We pad years, quote what has double quotes and keep a newline out of a line: ours can be read back.
        expect(readMarkers(Buffer.from(text)).warnings).toEqual([]);
        expect(readMarkers(Buffer.from(text)).markers).toHaveLength(outputs.source!.length);
        return;
      }
      // `automatic` unset is None in pyrocko and False here; both read as false.
      // A duration is a difference of doubles there and exact here; nobody reads it.
      const same = (line: string) =>
        line
          .replace(/^(phase:.*) None$/, '$1 False')
          .replace(/ +/g, ' ')
          .replace(/^((?:phase: )?\S+ \S+ \d+-\d+-\d+ \S+) \S+/, '$1 DURATION')
          .trimEnd();
      const lines = (whole: string) => whole.split('\n').map(same);
      expect(lines(text)).toEqual(lines(theirs));
    },
  );

  test('the digits of the second follow the sampling interval', () => {
    const ours = manifest.digitsBySamplingInterval.map(([dt]) => [dt, snufflerDigits(dt)]);
    expect(ours).toEqual(manifest.digitsBySamplingInterval);
  });

  const real = manifest.cases.find((c) => c.op === 'realFile');
  const realFile = join(shared ?? '', 'data', real?.inputs.dataFile ?? '');
  test.skipIf(!existsSync(realFile))('the ARCES analyst file is read whole', () => {
    const { markers, warnings } = readMarkers(readFileSync(realFile));
    expect(warnings).toEqual([]);
    expect(markers).toHaveLength(real!.outputs.markers!);
    const sum = markers.reduce((total, marker) => total + marker.startNs, 0n);
    expect(sum.toString()).toBe(real!.outputs.sumTminNs);
    const times = [...markers.slice(0, 3), ...markers.slice(-3)].map(timesOf);
    expect(times).toEqual(real!.outputs.times);
  });
});

const OWN_SPELLING = new Set([
  'phase-name-inner-quotes',
  'phase-name-newline',
  'phase-names',
  'event-names',
  'before-1970',
]);

/** Lines that are good on their own, each tried as a file of its own. */
function goodLines(file: string): number {
  const lines = readFileSync(join(folder, file), 'utf8').split(/\r\n|\r|\n/);
  return lines.slice(1).filter((line) => {
    const { markers } = readMarkers(Buffer.from(`${lines[0]}\n${line}\n`));
    return markers.length === 1;
  }).length;
}
