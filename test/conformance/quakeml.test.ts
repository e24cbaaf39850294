// QuakeML against golden/quakeml-schema (one defect a file, every checker's verdict), golden/formats-events
// (what ObsPy 1.5.1 reads of every QuakeML file of the reference data) and the field list of the schemas.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/base/appError.ts';
import type { DocumentPick } from '../../src/domain/event/catalogDocument.ts';
import { type QuakemlDocument, readQuakeml } from '../../src/formats/quakeml/reader.ts';
import { writeQuakeml } from '../../src/formats/quakeml/writer.ts';
import { randomCatalog } from '../randomCatalog.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import { fieldProblems } from './quakemlFields.ts';

interface Quantity {
  value: number;
  uncertainty?: number;
}
interface GoldenPick {
  publicID: string;
  time: {
    value: string;
    uncertainty?: number;
    lowerUncertainty?: number;
    upperUncertainty?: number;
  };
  waveformID: {
    networkCode?: string;
    stationCode?: string;
    locationCode?: string;
    channelCode?: string;
  };
  phaseHint?: string;
  polarity?: string;
  onset?: string;
  evaluationMode?: string;
}
interface GoldenOrigin {
  publicID: string;
  time: { value: string };
  latitude: Quantity;
  longitude: Quantity;
  depth?: Quantity;
}
interface GoldenEvent {
  publicID: string;
  eventType?: string;
  preferredOriginID?: string;
  picks?: GoldenPick[];
  origins?: GoldenOrigin[];
}
interface GoldenCatalog {
  events: GoldenEvent[];
  counts: { events: number; picks: number };
}
interface SchemaCase {
  id: string;
  note: string;
  outputs: { verdict: string; obspy: GoldenCatalog | { raises: string } };
}
interface EventsCase {
  id: string;
  inputs: { file: string };
  outputs: (GoldenCatalog & {
    schema?: { valid: boolean };
    references?: { danglingCount: number };
  }) & {
    raises?: string;
  };
}

const shared = sharedDir();
const schemaFolder = join(shared ?? '', 'golden/quakeml-schema');

function casesOf<C>(topic: string): C[] {
  if (!shared) return [];
  const file = join(shared, 'golden', topic, 'manifest.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: C[] }).cases;
}

/** The picks and the preferred origins as ObsPy's reading has them, in our terms. */
function compareWithObspy(read: QuakemlDocument, golden: GoldenCatalog): void {
  const origins = golden.events.map((event) => {
    const all = event.origins ?? [];
    const preferred = all.find((origin) => origin.publicID === event.preferredOriginID) ?? all[0];
    return (
      preferred && [
        preferred.time.value,
        preferred.latitude.value,
        preferred.longitude.value,
        preferred.depth?.value,
      ]
    );
  });
  const ours = read.events.map(
    ({ origin }) =>
      origin && [origin.time.toString(), origin.latitudeDeg, origin.longitudeDeg, origin.depthM],
  );
  expect(ours.slice(0, origins.length)).toEqual(origins);
  golden.events.forEach((event, index) => {
    const picks = read.picks.filter((pick) => pick.eventIndex === index);
    expect(picks.map(plainPick)).toEqual((event.picks ?? []).map(plainGoldenPick));
    if (event.eventType) expect(read.events[index]?.type).toBe(event.eventType);
  });
}

const POLARITY = { up: 'positive', down: 'negative', undecidable: 'undecidable' } as const;

function plainPick(pick: DocumentPick) {
  return {
    time: (pick.time / 1000n).toString(),
    stream: [pick.stream.network, pick.stream.station, pick.stream.location, pick.stream.channel],
    lower: pick.lowerUncertaintyS,
    upper: pick.upperUncertaintyS,
    phase: pick.phase,
    polarity: pick.polarity && POLARITY[pick.polarity],
    onset: pick.onset,
  };
}

function plainGoldenPick(pick: GoldenPick): ReturnType<typeof plainPick> {
  const { networkCode, stationCode, locationCode, channelCode } = pick.waveformID;
  const location = locationCode === '--' ? '' : locationCode;
  return {
    // ObsPy keeps microseconds of a text; so the comparison does.
    time: (BigInt(pick.time.value) / 1000n).toString(),
    stream: [networkCode ?? '', stationCode ?? '', location ?? '', channelCode ?? ''],
    lower: pick.time.lowerUncertainty ?? pick.time.uncertainty,
    upper: pick.time.upperUncertainty ?? pick.time.uncertainty,
    phase: pick.phaseHint ?? '',
    polarity: pick.polarity as 'positive' | undefined,
    onset: pick.onset as 'impulsive' | undefined,
  };
}

describe.skipIf(!shared)(`golden/quakeml-schema${sharedNote}`, () => {
  const read = (id: string) => readQuakeml(readFileSync(join(schemaFolder, `${id}.xml`)));
  // What ObsPy refuses or reads as nothing although there is something to read.
  const better = new Set([
    'not-a-number',
    'prefixed',
    'picks-without-events',
    'no-event-parameters',
  ]);
  const left: Record<string, RegExp> = {
    'missing-network-code': /line 9: waveformID lacks its networkCode/,
    'bad-enumeration': /line 13: evaluationMode is "auto"/,
    'bad-resource-id': /line 32: magnitude has "my magnitude 1"/,
    'dangling-pick-id': /line 30: pickID names "smi:onset.test\/pick\/99"/,
    'duplicate-public-id': /pick has the publicID "smi:onset.test\/pick\/1" of another/,
    'depth-in-km': /7.42 m.*looks like kilometres/,
    'two-preferred-origins': /event has 2 preferredOriginID/,
    'wrong-namespace': /bed\/1\.3/,
    'negative-uncertainty': /uncertainty is -0.05/,
    'not-a-number': /value is NaN/,
    'picks-without-events': /right under eventParameters/,
    'pick-without-waveform-id': /pick lacks its waveformID/,
  };

  for (const { id, note, outputs } of casesOf<SchemaCase>('quakeml-schema')) {
    if (outputs.verdict === 'unreadable') {
      test(`${id} is refused: ${note}`, () => {
        expect(() => read(id)).toThrow(AppError);
      });
      continue;
    }
    const silent = outputs.verdict === 'valid' && id !== 'no-event-parameters';
    test(`${id} is read ${silent ? 'without a warning' : 'with a warning'}: ${note}`, () => {
      const { warnings } = read(id);
      if (silent) expect(warnings).toEqual([]);
      else expect(warnings.join('\n')).toMatch(left[id] ?? /no eventParameters/);
    });
    if (better.has(id) || 'raises' in outputs.obspy) continue;
    const golden = outputs.obspy;
    test(`${id} holds what ObsPy reads`, () => {
      const document = read(id);
      if (id === 'pick-without-waveform-id') {
        expect(document.picks).toHaveLength(golden.counts.picks - 1);
      } else if (id === 'negative-uncertainty') {
        expect(document.picks[0]?.lowerUncertaintyS).toBeUndefined();
        expect(document.picks).toHaveLength(golden.counts.picks);
      } else compareWithObspy(document, golden);
    });
  }

  test('where ObsPy gives nothing, there is something', () => {
    const counts = (id: string) => [read(id).events.length, read(id).picks.length];
    expect(counts('prefixed')).toEqual([1, 2]);
    expect(counts('picks-without-events')).toEqual([0, 2]);
    expect(counts('not-a-number')).toEqual([1, 2]);
    expect(read('not-a-number').events[0]?.origin).toBeUndefined();
    expect(read('prefixed').picks.map(plainPick)).toEqual(read('valid').picks.map(plainPick));
  });

  test('content of other namespaces is counted among what is not taken over', () => {
    expect(read('foreign-namespaces').losses.join('\n')).toMatch(/3 × element or attribute/);
  });

  test.each([1, 2, 3])('our own file %i keeps to the field list of the schemas', (seed) => {
    const text = writeQuakeml(randomCatalog(seed, 8, 20), {
      includeRejected: true,
      programVersion: '0.1.0',
    });
    expect(fieldProblems(text, join(schemaFolder, 'fields.json'))).toEqual([]);
  });

  test('the field list finds what is missing, doubled or unknown', () => {
    const problems = (id: string) =>
      fieldProblems(
        readFileSync(join(schemaFolder, `${id}.xml`), 'utf8'),
        join(schemaFolder, 'fields.json'),
      );
    expect(problems('valid')).toEqual([]);
    for (const id of [
      'missing-network-code',
      'bad-enumeration',
      'dangling-pick-id',
      'duplicate-public-id',
      'two-preferred-origins',
      'pick-without-waveform-id',
    ]) {
      expect(problems(id), id).not.toEqual([]);
    }
  });
});

describe.skipIf(!shared)(`golden/formats-events${sharedNote}`, () => {
  const quakeml = casesOf<EventsCase>('formats-events').filter(({ inputs }) =>
    inputs.file.endsWith('.xml'),
  );
  const data = join(shared ?? '', 'data');

  test.each(quakeml)('$id gives what ObsPy gives', ({ inputs, outputs }) => {
    const bytes = readFileSync(join(data, inputs.file));
    if (outputs.raises) {
      expect(() => readQuakeml(bytes)).toThrow(/not QuakeML/);
      return;
    }
    const read = readQuakeml(bytes);
    expect([read.events.length, read.picks.length]).toEqual([
      outputs.counts.events,
      outputs.counts.picks,
    ]);
    compareWithObspy(read, outputs);
    const dangling = read.warnings.some((warning) => warning.includes('not in the file'));
    if (outputs.references) expect(dangling).toBe(outputs.references.danglingCount > 0);
    if (outputs.schema?.valid === false) expect(read.warnings).not.toEqual([]);
  });
});
