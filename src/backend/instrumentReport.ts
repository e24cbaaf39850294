// Stations with several instruments, a broadband seismometer and an accelerometer for instance: how the picks of a run
// on them agree, and which of each pair stays when only the best are wanted.

import type { Catalog } from '../catalog/catalog.ts';
import type { SkippedStream } from '../domain/event/modelRun.ts';
import { sensorKey } from '../domain/waveform/nslc.ts';
import {
  chooseInstruments,
  type InstrumentPair,
  type InstrumentPick,
  placeOf,
} from '../models/stream/instruments.ts';

/** Picks of two instruments so close are of one onset. */
const TOLERANCE_S = 0.5;

interface RunInstrumentPick extends InstrumentPick {
  readonly id: number;
}

export interface InstrumentReport {
  /** A sentence for each station. */
  readonly notes: readonly SkippedStream[];
  /** What was left out, and why; nothing where all instruments stay. */
  readonly skipped: readonly SkippedStream[];
  readonly leftOut: number;
}

/** Compares the instruments of a finished run; with `best` the other pick of each pair leaves the catalog. */
export function compareInstruments(
  catalog: Catalog,
  runId: number,
  keep: 'all' | 'best',
): InstrumentReport {
  const stations = Map.groupBy(catalog.runs.finishedSensors(runId), placeOf);
  const several = new Map([...stations].filter(([, sensors]) => sensors.length > 1));
  const picks = Map.groupBy(picksOf(catalog, runId, several), (pick) => placeOf(pick.sensorKey));
  const notes: SkippedStream[] = [];
  const skipped: SkippedStream[] = [];
  const losers: number[] = [];
  for (const [station, sensors] of several) {
    const own = picks.get(station) ?? [];
    if (own.length === 0) continue;
    const pairs = chooseInstruments(own, TOLERANCE_S);
    notes.push({ stream: station, reason: comparison(sensors, pairs) });
    if (keep === 'all') continue;
    losers.push(...pairs.flatMap(({ other }) => (other === undefined ? [] : [other.id])));
    skipped.push(...leftOutWords(pairs));
  }
  return { notes, skipped, leftOut: catalog.runs.leaveOut(runId, losers) };
}

function picksOf(
  catalog: Catalog,
  runId: number,
  stations: ReadonlyMap<string, unknown>,
): RunInstrumentPick[] {
  if (stations.size === 0) return [];
  const picks: RunInstrumentPick[] = [];
  for (const { id, stream, phase, time, probability = 0, method } of catalog.picks.each({
    runId,
  })) {
    const key = sensorKey(stream);
    if (!stations.has(placeOf(key))) continue;
    picks.push({
      id,
      sensorKey: key,
      phase,
      time,
      probability,
      clipped: / clipped on /.test(method),
    });
  }
  return picks;
}

/** `BH and EN: 12 picks on both, median difference 0.02 s (EN less BH); 3 on BH only, 5 on EN only; 2 clipped on BH`. */
function comparison(
  sensors: readonly string[],
  pairs: readonly InstrumentPair<RunInstrumentPick>[],
): string {
  const names = [...sensors].sort().map((key) => ({ key, name: instrumentOf(key, sensors) }));
  const both = pairs.filter(({ other }) => other !== undefined);
  const only = names.map(({ key, name }) => {
    const alone = pairs.filter(({ chosen, other }) => !other && chosen.sensorKey === key);
    return `${alone.length} on ${name} only`;
  });
  const clipped = names.flatMap(({ key, name }) => {
    const all = pairs.flatMap(({ chosen, other }) => (other ? [chosen, other] : [chosen]));
    const count = all.filter((pick) => pick.sensorKey === key && pick.clipped).length;
    return count === 0 ? [] : [`${count} clipped on ${name}`];
  });
  const words = `${names.map(({ name }) => name).join(' and ')}: ${counted(both.length, 'pick')} on ${
    names.length === 2 ? 'both' : 'two'
  }`;
  return [`${words}${medianWords(names, both)}`, only.join(', '), ...clipped].join('; ');
}

function medianWords(
  names: readonly { readonly key: string; readonly name: string }[],
  both: readonly InstrumentPair<RunInstrumentPick>[],
): string {
  const [first, second, another] = names;
  if (both.length === 0 || first === undefined || second === undefined || another) return '';
  const differences = both.map(({ chosen, differenceS = 0 }) =>
    chosen.sensorKey === first.key ? differenceS : -differenceS,
  );
  differences.sort((a, b) => a - b);
  const middle = differences.length >> 1;
  const upper = differences[middle] ?? 0;
  const median =
    differences.length % 2 === 1 ? upper : (upper + (differences[middle - 1] ?? 0)) / 2;
  return `, median difference ${median.toFixed(3)} s (${second.name} less ${first.name})`;
}

function leftOutWords(pairs: readonly InstrumentPair<RunInstrumentPick>[]): SkippedStream[] {
  const pushed = pairs.flatMap(({ chosen, other, why }) =>
    other === undefined ? [] : [{ from: other.sensorKey, to: chosen.sensorKey, why }],
  );
  return [...Map.groupBy(pushed, ({ from, to, why }) => `${from} ${to} ${why}`).values()].flatMap(
    (alike) => {
      const [first] = alike;
      if (first === undefined) return [];
      const reason =
        first.why === 'the other is clipped'
          ? `clipped, where those of ${first.to} are not`
          : `less probable than those of ${first.to}`;
      return [
        { stream: first.from, reason: `${counted(alike.length, 'pick')} left out: ${reason}` },
      ];
    },
  );
}

/** Band and instrument code; with the location where instruments differ in it. */
function instrumentOf(key: string, sensors: readonly string[]): string {
  const [, , location = '', code = ''] = key.split('.');
  const codes = sensors.filter((other) => other.endsWith(`.${code}`));
  return codes.length > 1 ? `${location || '--'}.${code}` : code;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
