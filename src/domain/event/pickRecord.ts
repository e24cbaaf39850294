import { formatNslc } from '../waveform/nslc.ts';
import type { Onset, Pick, PickState, Polarity, WeightClass } from './pick.ts';

/** A pick as programs get it (command line, CSV): times as decimal strings, what is absent as null. */
export interface PickRecord {
  readonly id: number;
  readonly stream: string;
  readonly timeNs: string;
  readonly lowerUncertaintyS: number | null;
  readonly upperUncertaintyS: number | null;
  readonly phase: string;
  readonly polarity: Polarity | null;
  readonly onset: Onset | null;
  readonly weight: WeightClass | null;
  readonly probability: number | null;
  readonly state: PickState;
  readonly author: string;
  readonly method: string;
  readonly runId: number | null;
  readonly createdNs: string;
  /** Of the parameter set of its run. */
  readonly setHash: string | null;
}

/** The fields of a PickRecord in the order in which they are printed. */
export const PICK_RECORD_FIELDS = [
  'id',
  'stream',
  'timeNs',
  'lowerUncertaintyS',
  'upperUncertaintyS',
  'phase',
  'polarity',
  'onset',
  'weight',
  'probability',
  'state',
  'author',
  'method',
  'runId',
  'createdNs',
  'setHash',
] as const satisfies readonly (keyof PickRecord)[];

export function pickRecord(pick: Pick): PickRecord {
  return {
    id: pick.id,
    stream: formatNslc(pick.stream),
    timeNs: pick.time.toString(),
    lowerUncertaintyS: pick.lowerUncertaintyS ?? null,
    upperUncertaintyS: pick.upperUncertaintyS ?? null,
    phase: pick.phase,
    polarity: pick.polarity ?? null,
    onset: pick.onset ?? null,
    weight: pick.weight ?? null,
    probability: pick.probability ?? null,
    state: pick.state,
    author: pick.author,
    method: pick.method,
    runId: pick.runId ?? null,
    createdNs: pick.createdNs.toString(),
    setHash: pick.setHash ?? null,
  };
}

/** The order in which picks are printed: time, then stream, then number. */
export function byTimeThenStream(a: Pick, b: Pick): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  const left = formatNslc(a.stream);
  const right = formatNslc(b.stream);
  if (left !== right) return left < right ? -1 : 1;
  return a.id - b.id;
}
