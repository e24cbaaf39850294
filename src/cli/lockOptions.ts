// What a project keeps for the test, from the command line as from the page.

import { AppError, messageOf } from '../base/appError.ts';
import { formatIso, parseTime } from '../base/time.ts';
import type { TestLock } from '../domain/evaluation/testLock.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';
import { say } from './output.ts';
import type { Session } from './session.ts';
import { UsageError } from './usage.ts';

export const LOCK_OPTIONS = {
  lock: { type: 'string', multiple: true },
  'lock-stations': { type: 'string', multiple: true },
  unlock: { type: 'boolean', default: false },
} as const;

export const LOCK_HELP = `  --lock FROM/TO    keeps a span (UTC) for the test: tuning never reads it. May be repeated; added to what is
                    locked already. With --unlock in the place of it
  --lock-stations A,B  keeps stations (NET.STA) for the test
  --unlock          opens what was locked; each change of the lock is written down with its time
`;

/** What is asked of the lock; undefined: nothing. */
export interface LockRequest {
  readonly add: TestLock;
  readonly unlock: boolean;
}

/** Throws UsageError for what is no span or station. */
export function readLock(values: {
  readonly lock?: readonly string[] | undefined;
  readonly 'lock-stations'?: readonly string[] | undefined;
  readonly unlock: boolean;
}): LockRequest | undefined {
  const windows = (values.lock ?? []).map(readSpan);
  const stations = (values['lock-stations'] ?? [])
    .flatMap((list) => list.split(','))
    .flatMap((name) => name.trim() || []);
  for (const station of stations) {
    if (/^[^.\s]*\.[^.\s]+$/.test(station)) continue;
    throw new UsageError(`--lock-stations: "${station}" is no station; write NET.STA`);
  }
  if (windows.length + stations.length === 0 && !values.unlock) return undefined;
  return { add: { windows, stations }, unlock: values.unlock };
}

function readSpan(text: string): TimeWindow {
  const [from, to, more] = text.split('/').map((part) => part.trim());
  if (!from || !to || more !== undefined) {
    throw new UsageError(`--lock must be FROM/TO, such as 2024-01-01/2024-01-02, not "${text}"`);
  }
  try {
    const window = { startNs: parseTime(from), endNs: parseTime(to) };
    if (window.endNs > window.startNs) return window;
  } catch (error) {
    if (error instanceof AppError) throw new UsageError(`--lock ${text}: ${messageOf(error)}`);
    throw error;
  }
  throw new UsageError(`--lock ${text}: it ends before it begins; write FROM/TO`);
}

/** Changes the lock of the project and says what is locked then. */
export async function changeLock({ client }: Session, request: LockRequest): Promise<TestLock> {
  const { lock: before } = await client.call('tuning.getLock', {});
  const kept = request.unlock ? { windows: [], stations: [] } : before;
  const known = new Set(kept.windows.map(spanText));
  const lock = {
    windows: [...kept.windows, ...request.add.windows.filter((each) => !known.has(spanText(each)))],
    stations: [...new Set([...kept.stations, ...request.add.stations])],
  };
  await client.call('tuning.setLock', { lock });
  say(lockText(lock));
  const { leakText } = await client.call('tuning.getLock', {});
  if (leakText !== undefined) say(leakText);
  return lock;
}

function spanText({ startNs, endNs }: TimeWindow): string {
  return `${formatIso(startNs, 0)}/${formatIso(endNs, 0)}`;
}

function lockText({ windows, stations }: TestLock): string {
  const parts = [...windows.map(spanText), ...stations];
  return parts.length === 0
    ? 'Nothing is locked for the test.'
    : `Locked for the test: ${parts.join(', ')}.`;
}
