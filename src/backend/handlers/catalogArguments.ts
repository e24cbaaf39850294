// The arguments of catalog calls, checked once where they come in.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, parseTime } from '../../base/time.ts';
import type { PickQuery } from '../../domain/event/pickQuery.ts';
import {
  ONSETS,
  PICK_STATES,
  POLARITIES,
  type PickChange,
  type PickContent,
} from '../../domain/event/pick.ts';
import type { Origin } from '../../domain/event/seismicEvent.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';

const EARLIEST = parseTime('1800-01-01');
const LATEST = parseTime('2262-01-01');
const MOST_PICKS = 5000;
const MOST_BINS = 100_000;

function bad(sentence: string): never {
  throw new AppError('bad-input', `${sentence}; nothing was changed`);
}

export function checkId(id: unknown, what: string): void {
  if (!Number.isSafeInteger(id) || Number(id) < 1) {
    bad(`${what} "${String(id)}" is not a number that the catalog gives; take it from the list`);
  }
}

export function checkPickIds(ids: unknown, atLeast = 1): void {
  if (!Array.isArray(ids)) bad('The picks must be a list of their ids');
  if (ids.length < atLeast) bad('No pick is selected; select one first');
  for (const id of ids) checkId(id, 'Pick');
}

function checkTime(time: unknown, what: string): asserts time is EpochNs {
  if (typeof time !== 'bigint') bad(`The time of ${what} must be whole nanoseconds`);
  if (time < EARLIEST || time >= LATEST) {
    bad(`The time of ${what} is outside 1800 to 2262; check the clock of the data`);
  }
}

export function checkWindow(window: TimeWindow): void {
  if (typeof window?.startNs !== 'bigint' || typeof window.endNs !== 'bigint') {
    bad('A time window needs a start and an end in nanoseconds');
  }
  if (window.endNs <= window.startNs) bad('The time window ends before it starts; swap the two');
  const most = 2n ** 63n;
  if (window.startNs < -most || window.endNs >= most) bad('The time window is out of range');
}

function checkNumber(value: unknown, what: string, from: number, to: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !(value >= from && value <= to)) {
    const range = to === Infinity ? `a number from ${from}` : `a number from ${from} to ${to}`;
    bad(`${what} must be ${range}, not ${String(value)}`);
  }
}

function checkUncertainty(value: unknown, what: string): void {
  checkNumber(value, `The ${what} uncertainty in seconds`, 0, 1e6);
}

function checkPhase(phase: unknown): void {
  if (typeof phase !== 'string' || phase.trim() === '') {
    bad('A pick needs a phase; write one, for example P or Sg');
  }
  if (phase.length > 32)
    bad(`"${phase.slice(0, 32)}…" is too long for a phase; use 32 letters at most`);
}

function checkOneOf(value: unknown, known: readonly unknown[], what: string): void {
  if (value === undefined || known.includes(value)) return;
  bad(`${what} must be one of ${known.join(', ')}, not ${String(value)}`);
}

function checkFilter(filter: BandFilter | undefined): void {
  if (filter === undefined) return;
  checkNumber(filter.lowHz, 'The lower corner in Hz', 0, 1e9);
  checkNumber(filter.highHz, 'The upper corner in Hz', 0, 1e9);
  if (!Number.isInteger(filter.corners) || filter.corners < 1 || filter.corners > 20) {
    bad(`A filter has 1 to 20 corners, not ${String(filter.corners)}`);
  }
  if (typeof filter.zeroPhase !== 'boolean') bad('A filter is zero-phase or it is not');
}

export function checkChange(change: PickChange): void {
  if (typeof change !== 'object' || change === null) bad('Say what to change');
  if ('time' in change) checkTime(change.time, 'the pick');
  if ('phase' in change) checkPhase(change.phase);
  checkUncertainty(change.lowerUncertaintyS, 'lower');
  checkUncertainty(change.upperUncertaintyS, 'upper');
  checkOneOf(change.polarity, POLARITIES, 'The polarity');
  checkOneOf(change.onset, ONSETS, 'The onset');
  checkOneOf(change.weight, [0, 1, 2, 3, 4], 'The weight');
  checkFilter(change.filter);
}

export function checkMethod(method: string | undefined): void {
  if (method === undefined) return;
  if (typeof method !== 'string' || method.trim() === '' || method.length > 200) {
    bad('What made the time is said in 1 to 200 letters');
  }
}

const CODE = /^[\x21-\x7e]{0,24}$/;

export function checkContent(pick: PickContent): void {
  if (typeof pick !== 'object' || pick === null) bad('Say what the pick is');
  const { stream } = pick;
  for (const code of [stream?.network, stream?.station, stream?.location, stream?.channel]) {
    if (typeof code !== 'string' || !CODE.test(code) || code.includes('.')) {
      bad(`"${String(code)}" is not a code of a stream; use letters and digits`);
    }
  }
  if (stream.station === '') bad('A pick needs a station');
  checkTime(pick.time, `the pick at ${stream.station}`);
  checkPhase(pick.phase);
  checkNumber(pick.probability, 'The probability', 0, 1);
  checkChange(pick);
}

export function checkOrigin(origin: Origin | undefined): void {
  if (origin === undefined) return;
  checkTime(origin.time, 'the origin');
  if (origin.latitudeDeg === undefined || origin.longitudeDeg === undefined) {
    bad('An origin needs latitude and longitude');
  }
  checkNumber(origin.latitudeDeg, 'The latitude in degrees', -90, 90);
  checkNumber(origin.longitudeDeg, 'The longitude in degrees', -180, 180);
  checkNumber(origin.depthM, 'The depth in metres', -12_000, 1_000_000);
  checkUncertainty(origin.timeUncertaintyS, 'time');
  if (typeof origin.method !== 'string' || origin.method.trim() === '') {
    bad('An origin needs a method, for example "by hand"');
  }
}

export function checkQuery(query: PickQuery): void {
  if (query.pickIds) checkPickIds(query.pickIds, 0);
  if (query.window) checkWindow(query.window);
  if (query.times && !(Array.isArray(query.times) && query.times.length <= MOST_PICKS)) {
    bad(`Times are a list of at most ${MOST_PICKS}`);
  }
  for (const time of query.times ?? []) checkTime(time, 'a pick');
  for (const state of query.states ?? []) checkOneOf(state, PICK_STATES, 'A state');
  for (const text of [...(query.streamKeys ?? []), ...(query.phases ?? [])]) {
    if (typeof text !== 'string') bad('Streams and phases are named by text');
  }
  if (query.station !== undefined && typeof query.station !== 'string') bad('A station is a text');
  checkNumber(query.probabilityFrom, 'The least probability', 0, 1);
  checkNumber(query.probabilityTo, 'The greatest probability', 0, 1);
  if (query.runId !== undefined) checkId(query.runId, 'Run');
  if (query.setHash !== undefined && !/^[0-9a-f]{64}$/.test(query.setHash)) {
    bad('A parameter set is named by its hash, 64 hexadecimal digits');
  }
  if (query.eventId !== undefined) checkId(query.eventId, 'Event');
  checkOneOf(query.orderBy, ['time', 'threshold'], 'The order');
  const { offset = 0, limit = 1 } = query;
  if (!Number.isSafeInteger(offset) || offset < 0) bad('The offset must be a whole number from 0');
  if (!Number.isInteger(limit) || limit < 0 || limit > MOST_PICKS) {
    bad(`A page holds 0 to ${MOST_PICKS} picks, not ${String(limit)}; ask for several pages`);
  }
}

export function checkBins(binCount: unknown): void {
  if (!Number.isInteger(binCount) || Number(binCount) < 1 || Number(binCount) > MOST_BINS) {
    bad(`A count needs 1 to ${MOST_BINS} bins, not ${String(binCount)}`);
  }
}

export function checkDecision(decision: unknown): void {
  checkOneOf(decision ?? '', ['accept', 'reject', 'defer'], 'The decision');
}
