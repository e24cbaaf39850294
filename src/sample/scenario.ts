import type { TrueEvent } from './truth.ts';

export const SAMPLE_START = '2026-03-14T06:00:00';
export const SAMPLE_RATE_HZ = 100;
export const SAMPLE_DURATION_S = 7200;

/** What happens in the two hours, seconds after the start, km from the network's centre. */
export interface ScenarioEvent {
  readonly id: string;
  readonly kind: TrueEvent['kind'];
  readonly atS: number;
  readonly eastKm: number;
  readonly northKm: number;
  readonly depthKm: number;
  readonly magnitude: number;
  readonly strikeRad: number;
}

export const SCENARIO: readonly ScenarioEvent[] = [
  {
    id: 'small-local',
    kind: 'local earthquake',
    atS: 752.318,
    eastKm: -6.3,
    northKm: 6.9,
    depthKm: 9.4,
    magnitude: 1.7,
    strikeRad: 0.4,
  },
  {
    id: 'larger-local',
    kind: 'local earthquake',
    atS: 1871.846,
    eastKm: 21.7,
    northKm: 14.2,
    depthKm: 11.8,
    magnitude: 3.2,
    strikeRad: 1.15,
  },
  {
    id: 'blast',
    kind: 'quarry blast',
    atS: 4342.107,
    eastKm: -18.9,
    northKm: -8.8,
    depthKm: 0.05,
    magnitude: 2.0,
    strikeRad: 0,
  },
  {
    id: 'far',
    kind: 'regional earthquake',
    atS: 5701.552,
    eastKm: 540,
    northKm: -330,
    depthKm: 14,
    magnitude: 4.9,
    strikeRad: 0.9,
  },
];

export const GLITCH = { station: 'SILV', atS: 2836.41 } as const;
export const GAP = { station: 'KALT', fromS: 3718.0, toS: 3813.0 } as const;
export const DEAD = { station: 'TANN', channel: 'HHE' } as const;
