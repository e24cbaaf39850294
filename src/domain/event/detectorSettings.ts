// A classic detector as a person sets it: which function of the trace is watched, from which level on it counts as a
// trigger, how the onset in a trigger is found, and how many stations have to agree.

import { AppError } from '../../base/appError.ts';
import type { BandFilter } from '../waveform/bandFilter.ts';

export const DETECTOR_KINDS = [
  'classic',
  'recursive',
  'z-detect',
  'delayed',
  'energy-ratio',
  'kurtosis',
  'baer-kradolfer',
  'ar',
] as const;

/**
 * `classic`: mean energy of the last short window over that of the last long one. `recursive`: the same with exponential
 * averages. `delayed`: the long window ends where the short one begins. `z-detect`: the short mean in deviations from its
 * exponential mean of the long window. `energy-ratio`: the next short window over the last one. `kurtosis`: excess of the
 * last long window. `baer-kradolfer` and `ar` are pickers: they look around triggers of the recursive function.
 */
export type DetectorKind = (typeof DETECTOR_KINDS)[number];

export const ONSET_METHODS = ['none', 'aic', 'kurtosis', 'ar'] as const;
export type OnsetMethod = (typeof ONSET_METHODS)[number];

export const DETECTOR_COMPONENTS = ['vertical', 'horizontal', 'all'] as const;
export type DetectorComponents = (typeof DETECTOR_COMPONENTS)[number];

/** Where the onset of a trigger is sought. With `none` it is where the function reached its on level. */
export interface OnsetRefinement {
  readonly method: OnsetMethod;
  /** Seconds of the trace before and after the trigger's on time. */
  readonly beforeS: number;
  readonly afterS: number;
}

/** Only triggers that lie in a coincidence become picks. */
export interface StationCoincidence {
  /** Sum of the weights of stations with triggers at one time. */
  readonly leastSum: number;
  /** By station (`UW.HANS`); 1 where none is given. */
  readonly weights: Readonly<Record<string, number>>;
  /** How long after its end a trigger still reaches the next one. */
  readonly extensionS: number;
}

export interface DetectorSettings {
  readonly kind: DetectorKind;
  readonly shortS: number;
  readonly longS: number;
  readonly onLevel: number;
  readonly offLevel: number;
  /** Causal: a zero-phase filter would put energy before the onset. Undefined: the trace as it is. */
  readonly band: BandFilter | undefined;
  readonly components: DetectorComponents;
  /** What the picks are called; `ar` says P and S itself. */
  readonly phase: string;
  /** Shorter triggers are no picks. */
  readonly minimumDurationS: number;
  /** Longer ones neither; undefined: however long. */
  readonly longestS: number | undefined;
  readonly refinement: OnsetRefinement;
  /** Undefined: every trigger is a pick. */
  readonly coincidence: StationCoincidence | undefined;
  /** `z-detect` and `delayed` as ObsPy has them, over whole gap-free records, which must fit in memory. */
  readonly wholeRecord?: boolean;
}

/** What a person begins with: regional and local events at short-period and broadband stations. */
export const DEFAULT_DETECTOR: DetectorSettings = {
  kind: 'recursive',
  shortS: 0.5,
  longS: 10,
  onLevel: 3.5,
  offLevel: 1,
  band: { lowHz: 2, highHz: 20, corners: 4, zeroPhase: false },
  components: 'vertical',
  phase: 'P',
  minimumDurationS: 0,
  longestS: undefined,
  refinement: { method: 'aic', beforeS: 2, afterS: 1 },
  coincidence: undefined,
};

/** Levels and windows of a kind that suit it, for who changes from one to another. */
export const KIND_DEFAULTS: Readonly<Record<DetectorKind, Partial<DetectorSettings>>> = {
  classic: { shortS: 0.5, longS: 10, onLevel: 4, offLevel: 1.5 },
  recursive: { shortS: 0.5, longS: 10, onLevel: 3.5, offLevel: 1 },
  'z-detect': { shortS: 0.5, longS: 10, onLevel: 8, offLevel: 2 },
  delayed: { shortS: 0.5, longS: 10, onLevel: 5, offLevel: 1.5 },
  'energy-ratio': { shortS: 0.5, onLevel: 10, offLevel: 3 },
  kurtosis: { longS: 5, onLevel: 6, offLevel: 2 },
  'baer-kradolfer': { shortS: 0.5, longS: 10, onLevel: 3.5, offLevel: 1 },
  ar: { shortS: 0.5, longS: 10, onLevel: 3.5, offLevel: 1 },
};

/** The windows a kind looks at. */
export function windowsOf(kind: DetectorKind): readonly ('shortS' | 'longS')[] {
  if (kind === 'energy-ratio') return ['shortS'];
  return kind === 'kurtosis' ? ['longS'] : ['shortS', 'longS'];
}

/** The function that is drawn and triggers: pickers look around those of the recursive one. */
export function curveKind(kind: DetectorKind): Exclude<DetectorKind, 'baer-kradolfer' | 'ar'> {
  return kind === 'baer-kradolfer' || kind === 'ar' ? 'recursive' : kind;
}

/** The unit of the function. */
export function curveUnit(kind: DetectorKind): 'ratio' | 'deviations' | 'excess' {
  const curve = curveKind(kind);
  return curve === 'kurtosis' ? 'excess' : curve === 'z-detect' ? 'deviations' : 'ratio';
}

/** What a run of a kind is called in the catalog. */
export function detectorId(kind: DetectorKind): string {
  if (kind === 'ar') return 'ar-picker';
  const isRatio = ['classic', 'recursive', 'z-detect', 'delayed'].includes(kind);
  return isRatio ? 'sta-lta' : kind;
}

/** Whether a trigger so long becomes a pick. */
export function keepsDuration(
  { minimumDurationS, longestS }: Pick<DetectorSettings, 'minimumDurationS' | 'longestS'>,
  durationS: number,
): boolean {
  return durationS >= minimumDurationS && (longestS === undefined || durationS <= longestS);
}

/** Throws `bad-input` with what is wrong and what to do. */
export function checkDetector(settings: DetectorSettings): DetectorSettings {
  const { kind, shortS, longS, onLevel, offLevel, band, components } = settings;
  const { refinement, coincidence, minimumDurationS, longestS } = settings;
  atLeast('the short window', shortS, 0.01, 's');
  atLeast('the long window', longS, 0.02, 's');
  if (windowsOf(kind).length === 2 && shortS >= longS) {
    refuse(`the short window (${shortS} s) has to be shorter than the long one (${longS} s)`);
  }
  above('the on level', onLevel, 0);
  above('the off level', offLevel, 0);
  if (offLevel > onLevel) {
    refuse(`the off level ${offLevel} is above the on level ${onLevel}; lower it`);
  }
  if (band?.zeroPhase === true) {
    refuse('a detector looks through a causal filter; zero phase would move onsets earlier');
  }
  checkBand(band);
  if (kind === 'ar' && components !== 'vertical') {
    refuse('the AR picker begins at the vertical and takes the horizontals for S by itself');
  }
  if (settings.phase.trim() === '') refuse('the picks need a phase name, such as P');
  atLeast('the shortest trigger', minimumDurationS, 0, 's');
  if (longestS !== undefined) above('the longest trigger', longestS, minimumDurationS);
  above('the time before the trigger', refinement.beforeS, 0);
  above('the time after the trigger', refinement.afterS, 0);
  if (refinement.beforeS > 300 || refinement.afterS > 300) {
    refuse('an onset is sought within 300 s of its trigger; shorten the times before and after');
  }
  if (coincidence) checkCoincidence(coincidence);
  return settings;
}

function checkBand(band: BandFilter | undefined): void {
  if (band === undefined) return;
  const { lowHz, highHz, corners } = band;
  if (lowHz !== undefined) above('the low corner', lowHz, 0);
  if (highHz !== undefined) above('the high corner', highHz, 0);
  if (lowHz !== undefined && highHz !== undefined && lowHz >= highHz) {
    refuse(`the low corner ${lowHz} Hz is not below the high one ${highHz} Hz; move one of them`);
  }
  if (!Number.isInteger(corners) || corners < 1 || corners > 8) {
    refuse(`the filter has ${corners} corners; give a whole number from 1 to 8`);
  }
}

function checkCoincidence({ leastSum, weights, extensionS }: StationCoincidence): void {
  above('the least number of stations', leastSum, 0);
  atLeast('how long a trigger reaches on', extensionS, 0, 's');
  for (const [station, weight] of Object.entries(weights)) {
    if (!Number.isFinite(weight) || weight < 0) {
      refuse(`the weight ${weight} of ${station} is no number from 0 on`);
    }
  }
}

function atLeast(what: string, value: number, least: number, unit: string): void {
  if (Number.isFinite(value) && value >= least) return;
  refuse(`${what} is ${value} ${unit}; give at least ${least} ${unit}`);
}

function above(what: string, value: number, limit: number): void {
  if (Number.isFinite(value) && value > limit) return;
  refuse(`${what} is ${value}; give a number above ${limit}`);
}

function refuse(text: string): never {
  throw new AppError('bad-input', text);
}
