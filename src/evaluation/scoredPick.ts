import type { EpochNs } from '../base/time.ts';
import type { ScoredPhase } from '../domain/evaluation/tolerance.ts';
import { phaseFamily } from '../domain/event/pick.ts';

/** What scoring needs of a pick or a reference. */
export interface ScoredPick {
  /** `NET.STA`; see `stationKey`. Locations and channels do not count: analysts pick P and S on different ones. */
  readonly station: string;
  readonly phase: string;
  readonly time: EpochNs;
  readonly probability?: number | undefined;
  /** From the event's epicentre, where one is known. */
  readonly distanceKm?: number | undefined;
  /** Signal-to-noise ratio, where it was measured. */
  readonly snr?: number | undefined;
}

/** Asked for every pick again and again, of the same few names. */
const families = new Map<string, ScoredPhase | undefined>();
const MAX_NAMES = 1000;

/** The family that is scored, or undefined for surface waves, depth phases and the like. */
export function scoredPhase(phase: string): ScoredPhase | undefined {
  if (families.has(phase)) return families.get(phase);
  const family = familyOf(phase.trim());
  if (families.size < MAX_NAMES) families.set(phase, family);
  return family;
}

function familyOf(phase: string): ScoredPhase | undefined {
  const family = phaseFamily(phase);
  if (family === 'P' || family === 'S') return family;
  // Lists of other programs write p and s for the direct wave.
  if (!/^[ps][ngb*]?$/.test(phase)) return undefined;
  return phase.startsWith('p') ? 'P' : 'S';
}
