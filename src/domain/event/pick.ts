import type { EpochNs } from '../../base/time.ts';
import type { BandFilter } from '../waveform/bandFilter.ts';
import type { Nslc } from '../waveform/nslc.ts';

/** Where a pick stands in review. QuakeML: see formats/quakeml. */
export const PICK_STATES = ['automatic', 'confirmed', 'manual', 'rejected', 'deferred'] as const;
export type PickState = (typeof PICK_STATES)[number];

export const POLARITIES = ['up', 'down', 'undecidable'] as const;
export type Polarity = (typeof POLARITIES)[number];

export const ONSETS = ['impulsive', 'emergent', 'questionable'] as const;
export type Onset = (typeof ONSETS)[number];

/** The quality class of the Hypo71 tradition: 0 best, 4 not used. */
export type WeightClass = 0 | 1 | 2 | 3 | 4;

/** What is observed: an onset on a stream. Undefined means not set, never "unknown but assumed". */
export interface PickContent {
  readonly stream: Nslc;
  readonly time: EpochNs;
  readonly lowerUncertaintyS: number | undefined;
  readonly upperUncertaintyS: number | undefined;
  readonly phase: string;
  readonly polarity: Polarity | undefined;
  readonly onset: Onset | undefined;
  readonly weight: WeightClass | undefined;
  readonly probability: number | undefined;
  /** The filter through which the analyst looked when the pick was made. */
  readonly filter: BandFilter | undefined;
}

/** A pick in the catalog. `method` names what made the time and its uncertainty; `runId` the run it came from. */
export interface Pick extends PickContent {
  readonly id: number;
  readonly state: PickState;
  readonly author: string;
  readonly method: string;
  readonly runId: number | undefined;
  /** Of the parameter set its run was made with. */
  readonly setHash?: string;
  readonly eventId: number | undefined;
  readonly createdNs: EpochNs;
  /** QuakeML publicID of an imported pick. */
  readonly publicId: string | undefined;
  /** The threshold in force when a model made it. */
  readonly threshold?: number | undefined;
  /** Who made the time, whatever the state says since: a rejected or deferred pick keeps it. */
  readonly evaluationMode?: EvaluationMode;
  /** What made the uncertainty, where `method` no longer says it: an analyst moved a model's pick. */
  readonly uncertaintyMethod?: string | undefined;
}

/** QuakeML's evaluationMode. */
export type EvaluationMode = 'automatic' | 'manual';

/** What an analyst may change; every one of these makes the pick manual. */
export type PickChange = {
  readonly [
    N in
      | 'time'
      | 'lowerUncertaintyS'
      | 'upperUncertaintyS'
      | 'phase'
      | 'polarity'
      | 'onset'
      | 'weight'
      | 'filter'
  ]?: PickContent[N];
} & {
  /** What made the time, where it was not the hand alone: a proposal that was taken. */
  readonly method?: string;
};

export type Decision = 'accept' | 'reject' | 'defer';

/** The state a decision leads to. Accepting an analyst's own pick leaves it manual. */
export function decidedState(state: PickState, decision: Decision): PickState {
  if (decision === 'reject') return 'rejected';
  if (decision === 'defer') return 'deferred';
  return state === 'manual' ? 'manual' : 'confirmed';
}

/** Whether a person still has to look at it. */
export function awaitsReview(state: PickState): boolean {
  return state === 'automatic';
}

export type PhaseFamily = 'P' | 'S' | 'surface' | 'depth' | 't' | 'other';

/** The family that decides a phase's colour: P Pn Pg · S Sn Sg · Lg Rg L R · pP sP PcP · T I · other. */
export function phaseFamily(phase: string): PhaseFamily {
  if (/^(p|s)P|^PcP|^ScP|^(p|s)S/.test(phase)) return 'depth';
  if (/^P/.test(phase)) return 'P';
  if (/^S/.test(phase)) return 'S';
  if (/^(Lg|Rg|LR|LQ|L|R)/.test(phase)) return 'surface';
  if (/^(T|I)/.test(phase)) return 't';
  return 'other';
}
