// Our traces against ObsPy's (golden/formats-waveforms) and, where ObsPy refuses or libmseed's reference says
// otherwise, libmseed's (golden/formats-miniseed-libmseed). Exact: ids, starts, ends, counts and sample hashes.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAppErrorCode } from './appErrorCode.ts';
import { formatNslc } from '../../src/domain/waveform/nslc.ts';
import { lastSampleTime } from '../../src/domain/waveform/traceSegment.ts';
import {
  type DecodedSegment,
  readMiniseed,
  scanMiniseed,
} from '../../src/formats/miniseed/read.ts';
import { SNIFF_BYTES, sniffFormat } from '../../src/formats/sniff.ts';
import { walkRecords } from '../../src/formats/miniseed/walk.ts';
import { sharedDir, sharedNote } from '../shared.ts';

const shared = sharedDir();

interface ReferenceTrace {
  readonly id: string;
  readonly sourceId: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly sampleRateHz: number;
  readonly npts: number;
  readonly samples: number;
  readonly sha256?: string;
  readonly hashedAs?: string;
}
interface Case {
  readonly id: string;
  readonly outputs: {
    readonly raises?: string;
    readonly format?: string;
    readonly traces?: readonly ReferenceTrace[];
    readonly segments?: readonly ReferenceTrace[];
    readonly records?: number;
    readonly first?: readonly Readonly<Record<string, unknown>>[];
    readonly firstRecords?: readonly Readonly<Record<string, unknown>>[];
  };
}

function golden(topic: string): Map<string, Case> {
  if (!shared) return new Map();
  const text = readFileSync(join(shared, 'golden', topic, 'manifest.json'), 'utf8');
  const cases = (JSON.parse(text) as { cases: Case[] }).cases;
  return new Map(cases.map((entry) => [entry.id, entry]));
}

const obspy = golden('formats-waveforms');
const libmseed = golden('formats-miniseed-libmseed');
const obspyRecords = golden('formats-records');

const MINISEED_3 = 'ObsPy 1.5.1 has no miniSEED 3; libmseed is the authority';

/** Files where the reference is not ObsPy, and why. */
const byLibmseed = new Map<string, string>([
  ...[...libmseed.keys()]
    .filter((id) => /\.(mseed3|ms3)$|rollingbuffer/.test(id))
    .map((id): [string, string] => [id, MINISEED_3]),
  [
    'formats/libmseed/testdata-oneseries-mixedlengths-mixedorder.mseed2',
    'records out of order: ObsPy joins only in file order (7 pieces), libmseed and we find the one gap-free series',
  ],
  [
    'formats/miniseed2/obspy/bizarre/mseed_data_offset_0.mseed',
    'an empty record between two that follow each other: ObsPy splits there, libmseed and we do not',
  ],
]);

/** Files nobody should read, and why. */
const refused = new Map<string, string>([
  ['formats/miniseed2/obspy/not.mseed', 'not miniSEED'],
  ['formats/miniseed2/obspy/not3.mseed', 'not miniSEED, 12 bytes'],
  ['formats/miniseed2/obspy/not4.mseed', 'not miniSEED'],
]);

/** Files the references refuse whole and we read in part: a damaged record costs that record. */
const partial = new Map<string, string>([
  [
    'formats/libmseed/testdata-invalid-blockette-offsets.mseed2',
    'the first record points into its own header; the two after it are whole',
  ],
]);

const files = [...new Set([...libmseed.keys(), ...obspy.keys()])]
  .filter((id) => libmseed.has(id) || obspy.get(id)?.outputs.format === 'MSEED')
  .filter((id) => shared && existsSync(join(shared, 'data', id)))
  .sort();

function bytesOf(id: string): Uint8Array {
  return readFileSync(join(shared!, 'data', id));
}

const HASHED_AS = { int32: '<i4', float32: '<f4', float64: '<f8', text: 'bytes' } as const;

function hashed(segment: DecodedSegment): { sha256: string; hashedAs: string } | undefined {
  const data = segment.text ?? segment.samples;
  if (data.length === 0) return undefined;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, hashedAs: HASHED_AS[segment.sampleType] };
}

interface Comparable {
  id: string;
  startNs: string;
  endNs: string;
  rate: number;
  count: number;
  sha256: string | undefined;
  hashedAs: string | undefined;
}

const inOrder = (a: Comparable, b: Comparable) =>
  `${a.id} ${a.startNs} ${a.count}` < `${b.id} ${b.startNs} ${b.count}` ? -1 : 1;

function ours(segments: readonly DecodedSegment[]): Comparable[] {
  return segments
    .map((segment) => {
      const count = segment.text?.length ?? segment.samples.length;
      const hash = hashed(segment);
      return {
        id: formatNslc(segment.stream),
        startNs: segment.startNs.toString(),
        endNs: lastSampleTime({ ...segment, samples: { length: count } }).toString(),
        rate: segment.sampleRateHz,
        count,
        sha256: hash?.sha256,
        hashedAs: hash?.hashedAs,
      };
    })
    .sort(inOrder);
}

function theirs(traces: readonly ReferenceTrace[]): Comparable[] {
  return traces
    .map((trace) => ({
      id: trace.id ?? idOfSourceId(trace.sourceId),
      startNs: trace.startNs,
      endNs: trace.endNs,
      rate: trace.sampleRateHz,
      count: trace.npts ?? trace.samples,
      sha256: (trace.npts ?? trace.samples) > 0 ? trace.sha256 : undefined,
      hashedAs: (trace.npts ?? trace.samples) > 0 ? trace.hashedAs : undefined,
    }))
    .sort(inOrder);
}

function idOfSourceId(sourceId: string): string {
  const [network, station, location, ...channel] = sourceId.replace('FDSN:', '').split('_');
  return `${network}.${station}.${location}.${channel.join('')}`;
}

/** libmseed takes a series' end from its last record, we from the start and the count: up to a microsecond apart. */
function toleranceNs(id: string): bigint {
  return byLibmseed.has(id) ? 2000n : 1n;
}

function expectSame(id: string, found: Comparable[], wanted: Comparable[]): void {
  const close = (a: string, b: string) => {
    const difference = BigInt(a) - BigInt(b);
    return difference <= toleranceNs(id) && -difference <= toleranceNs(id);
  };
  const adjusted = found.map((segment, i) => {
    const reference = wanted[i];
    const same = reference !== undefined;
    return {
      ...segment,
      endNs: same && close(segment.endNs, reference.endNs) ? reference.endNs : segment.endNs,
      rate:
        same && Math.abs(segment.rate - reference.rate) <= 1e-6 * reference.rate
          ? reference.rate
          : segment.rate,
      // libmseed's reference has no hash of text.
      ...(same && reference.sha256 === undefined && { sha256: undefined, hashedAs: undefined }),
    };
  });
  expect(adjusted).toEqual(wanted);
}

describe.skipIf(!shared)(`miniSEED as ObsPy and libmseed read it${sharedNote}`, () => {
  test('the reference set is complete', () => {
    expect(files.length).toBeGreaterThan(120);
    expect(
      [...byLibmseed.keys(), ...refused.keys(), ...partial.keys()].filter(
        (id) => !files.includes(id),
      ),
    ).toEqual([]);
  });

  test.each(files.filter((id) => !refused.has(id) && !partial.has(id)))(
    'the same traces from %s',
    (id) => {
      const reason = byLibmseed.get(id);
      const traces = reason ? libmseed.get(id)?.outputs.segments : obspy.get(id)?.outputs.traces;
      expect(traces, 'neither the table nor ObsPy has a reference').toBeDefined();
      const { segments } = readMiniseed(bytesOf(id));
      expectSame(id, ours(segments), theirs(traces!));
    },
  );

  test.each(files.filter((id) => !refused.has(id)))('headers promise what %s holds', (id) => {
    const bytes = bytesOf(id);
    const extents = scanMiniseed(bytes).extents.map((extent) => [
      formatNslc(extent.stream),
      extent.startNs,
      extent.endNs,
      extent.sampleCount,
    ]);
    const decoded = readMiniseed(bytes).segments.map((segment) => {
      const length = segment.text?.length ?? segment.samples.length;
      return [
        formatNslc(segment.stream),
        segment.startNs,
        lastSampleTime({ ...segment, samples: { length } }),
        length,
      ];
    });
    expect(extents).toEqual(decoded);
  });

  test('each is known by its content, and nothing else is taken for it', () => {
    const claimed = [...new Set([...libmseed.keys(), ...obspy.keys()])].filter(
      (id) =>
        existsSync(join(shared!, 'data', id)) &&
        sniffFormat(bytesOf(id).subarray(0, SNIFF_BYTES)) === 'miniseed',
    );
    const readable = files.filter((id) => !refused.has(id));
    expect(readable.filter((id) => !claimed.includes(id))).toEqual([]);
    // SEED volumes of station metadata only are recognised, to be refused with the reason.
    expect(claimed.filter((id) => !readable.includes(id) && !/seed$|dataless/.test(id))).toEqual(
      [],
    );
  });

  test.each([...partial])('%s loses only what is damaged: %s', (id) => {
    const { segments, warnings } = readMiniseed(bytesOf(id));
    expect(segments.map((segment) => [formatNslc(segment.stream), segment.samples.length])).toEqual(
      [['IU.COLA.00.LHZ', 297]],
    );
    expect(warnings.map((warning) => warning.code)).toEqual([
      'damaged-record',
      'odd-header',
      'odd-header',
    ]);
  });

  test.each([...refused.keys()])('%s is refused with a reason', (id) => {
    expect(() => readMiniseed(bytesOf(id))).toThrow(isAppErrorCode('unreadable-file'));
  });

  test.each(
    [...obspyRecords.keys()].filter(
      (id) => files.includes(id) && !refused.has(id) && !partial.has(id),
    ),
  )('the same records in %s', (id) => {
    const reference = obspyRecords.get(id)!.outputs;
    const bytes = bytesOf(id);
    // ObsPy repeats the next data record's facts at control headers, and the last one's at trailing noise.
    const wanted = (reference.first ?? []).filter(
      (record) =>
        'startNs' in record &&
        /[DRQM]/.test(String.fromCharCode(bytes[Number(record['offset']) + 6] ?? 0)),
    );
    const byOffset = new Map(walkRecords(bytes).records.map((r) => [r.offset, r]));
    for (const record of wanted) {
      const found = byOffset.get(Number(record['offset']));
      const facts = found && recordFacts(found);
      // ObsPy's record listing takes blockette 500's microseconds for 1001's; its traces do not.
      const blockettes = (record['blockettes'] ?? []) as { type: number }[];
      const startNs = blockettes.some((blockette) => blockette.type === 500)
        ? facts?.startNs
        : record['startNs'];
      expect(facts, `record at ${record['offset']}`).toEqual({
        length: record['recordLength'],
        npts: record['npts'],
        startNs,
        id: String(record['id']).replace(/\0/g, ''),
      });
    }
  });
});

function recordFacts(record: ReturnType<typeof walkRecords>['records'][number]) {
  const startNs = BigInt(record.startS) * 1_000_000_000n + BigInt(record.startNanos);
  return {
    length: record.length,
    npts: record.sampleCount,
    startNs: startNs.toString(),
    id: record.streamKey,
  };
}
