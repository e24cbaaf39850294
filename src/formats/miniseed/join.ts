import { sampleTypeOf, type SampleType } from './encoding.ts';
import type { RecordHeader } from './record.ts';

/** Records that follow each other without a gap: same stream, sample type and rate. */
export interface Run {
  readonly sampleType: SampleType;
  readonly records: readonly RecordHeader[];
  readonly sampleCount: number;
}

/** Rates that differ by less than this part count as one, as in every SEED reader. */
const RATE_TOLERANCE = 1e-4;

interface OpenRun {
  readonly records: RecordHeader[];
  sampleCount: number;
  /** When the next sample is due, seconds after the group's reference. */
  dueS: number;
  rateHz: number;
}

interface Group {
  readonly sampleType: SampleType;
  readonly referenceS: number;
  readonly records: RecordHeader[];
  sorted: boolean;
  lastS: number;
}

/**
 * Joins records whose start lies within half a sample of the end of another's samples, in time order whatever
 * their order in the file; overlaps and repeated records make runs of their own. Streams come in file order.
 * Empty records, and records without a rate, stand alone.
 */
export function joinRecords(records: readonly RecordHeader[]): Run[] {
  const runs: Run[] = [];
  for (const group of groupRecords(records)) runs.push(...joinGroup(group));
  return runs;
}

function secondsAfter(record: RecordHeader, referenceS: number): number {
  return record.startS - referenceS + record.startNanos * 1e-9;
}

function groupRecords(records: readonly RecordHeader[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  let current: Group | undefined;
  let previous: RecordHeader | undefined;
  for (const record of records) {
    const same =
      previous !== undefined &&
      record.streamKey === previous.streamKey &&
      record.encoding === previous.encoding;
    if (!same || !current) {
      // An empty record's encoding says nothing, and what cannot be decoded is sorted out later.
      const sampleType = sampleTypeOf(record.encoding) ?? 'int32';
      const key = `${record.streamKey} ${sampleType}`;
      current = groups.get(key);
      if (!current) {
        current = {
          sampleType,
          referenceS: record.startS,
          records: [],
          sorted: true,
          lastS: -Infinity,
        };
        groups.set(key, current);
      }
    }
    const startS = secondsAfter(record, current.referenceS);
    if (startS < current.lastS) current.sorted = false;
    current.lastS = startS;
    current.records.push(record);
    previous = record;
  }
  return groups.values();
}

function joinGroup(group: Group): Run[] {
  const { sampleType, referenceS } = group;
  const records = group.sorted
    ? group.records
    : group.records.toSorted((a, b) => secondsAfter(a, referenceS) - secondsAfter(b, referenceS));
  const runs: OpenRun[] = [];
  let open: OpenRun[] = [];
  for (const record of records) {
    const startS = secondsAfter(record, referenceS);
    const rateHz = record.sampleRateHz;
    const joinable = rateHz > 0 && record.sampleCount > 0;
    const halfS = 0.5 / rateHz;
    // Sorted by start, so a run that was due well before now cannot go on.
    if (joinable && open.length > 1) open = open.filter((run) => run.dueS >= startS - halfS);
    const run = joinable
      ? open.find((candidate) => continues(candidate, startS, rateHz))
      : undefined;
    const nextS = startS + record.sampleCount / rateHz;
    if (run) {
      run.records.push(record);
      run.sampleCount += record.sampleCount;
      run.dueS = nextS;
    } else {
      const fresh = { records: [record], sampleCount: record.sampleCount, dueS: nextS, rateHz };
      runs.push(fresh);
      if (joinable) open.push(fresh);
    }
  }
  return runs.map((run) => ({ sampleType, records: run.records, sampleCount: run.sampleCount }));
}

function continues(run: OpenRun, startS: number, rateHz: number): boolean {
  return (
    Math.abs(startS - run.dueS) <= 0.5 / rateHz &&
    Math.abs(1 - rateHz / run.rateHz) < RATE_TOLERANCE
  );
}
