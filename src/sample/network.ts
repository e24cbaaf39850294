/** A station of the sample network, in km east and north of its centre. */
export interface SampleStation {
  readonly code: string;
  readonly eastKm: number;
  readonly northKm: number;
  /** Ground noise in the band of local earthquakes, counts RMS, and of the ocean's microseisms. */
  readonly highNoiseCounts: number;
  readonly microseismCounts: number;
  /** Vehicles an hour on the road beside it. */
  readonly vehiclesPerHour: number;
  /** Near-surface attenuation (seconds) and amplification of the site. */
  readonly kappaS: number;
  readonly amplification: number;
  /** Travel-time residual of the site, seconds. */
  readonly delayS: number;
}

export const NETWORK_CODE = 'XX';
export const CENTRE = { latitudeDeg: 46.62, longitudeDeg: 10.87 } as const;
const KM_PER_DEGREE = 111.19;

/** A hard-rock summit, valleys and a noisy village: five sites as unequal as sites are. */
export const STATIONS: readonly SampleStation[] = [
  site('BREN', 4.1, 31.6, 38, 520, 1, 0.022, 1.0, 0.03),
  site('KALT', -27.8, 8.3, 24, 480, 0, 0.018, 0.8, -0.04),
  site('MORA', 12.6, -2.4, 70, 560, 3, 0.035, 1.9, 0.09),
  site('SILV', -9.2, -24.9, 31, 500, 0, 0.025, 1.1, 0.0),
  site('TANN', 38.4, -14.7, 110, 610, 6, 0.041, 2.4, 0.12),
];

function site(
  code: string,
  eastKm: number,
  northKm: number,
  highNoiseCounts: number,
  microseismCounts: number,
  vehiclesPerHour: number,
  kappaS: number,
  amplification: number,
  delayS: number,
): SampleStation {
  return {
    code,
    eastKm,
    northKm,
    highNoiseCounts,
    microseismCounts,
    vehiclesPerHour,
    kappaS,
    amplification,
    delayS,
  };
}

/** Degrees of a place given in km from the centre; flat earth, good enough to draw a map. */
export function coordinates(eastKm: number, northKm: number) {
  const latitudeDeg = CENTRE.latitudeDeg + northKm / KM_PER_DEGREE;
  const cos = Math.cos((CENTRE.latitudeDeg * Math.PI) / 180);
  return { latitudeDeg, longitudeDeg: CENTRE.longitudeDeg + eastKm / (KM_PER_DEGREE * cos) };
}
