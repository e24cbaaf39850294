// A crust of one velocity over a mantle of one velocity: direct waves and the head wave along the Moho.

export const CRUST = { p: 6.0, s: 3.47, densityKgM3: 2700 } as const;
const MANTLE = { p: 8.0, s: 4.5 } as const;
const MOHO_KM = 32;
const LG_KM_S = 3.45;

export type Wave = 'p' | 's';

export interface RayArrival {
  readonly timeS: number;
  /** Angle from the vertical at the surface, radians, after bending toward it in the slow top. */
  readonly incidenceRad: number;
  /** Length of the path, km. */
  readonly pathKm: number;
  /** Angle at the source from straight down, radians. */
  readonly takeOffRad: number;
}

/** The straight ray through the crust. */
export function directArrival(wave: Wave, distanceKm: number, depthKm: number): RayArrival {
  const pathKm = Math.hypot(distanceKm, depthKm);
  const upward = Math.asin(distanceKm / pathKm);
  return {
    timeS: pathKm / CRUST[wave],
    incidenceRad: surfaceIncidence(Math.sin(upward)),
    pathKm,
    takeOffRad: Math.PI - upward,
  };
}

/** The head wave under the Moho (Pn, Sn). */
export function mohoArrival(wave: Wave, distanceKm: number, depthKm: number): RayArrival {
  const sine = CRUST[wave] / MANTLE[wave];
  const cosine = Math.sqrt(1 - sine * sine);
  const downAndUpKm = 2 * MOHO_KM - depthKm;
  return {
    timeS: distanceKm / MANTLE[wave] + (downAndUpKm * cosine) / CRUST[wave],
    incidenceRad: surfaceIncidence(sine),
    pathKm: distanceKm,
    takeOffRad: Math.asin(sine),
  };
}

/** Lg, the S waves trapped in the crust. */
export function lgTimeS(distanceKm: number): number {
  return distanceKm / LG_KM_S;
}

/** Weathered rock is about half as fast as the crust, which turns rays upward (Snell). */
function surfaceIncidence(sineInCrust: number): number {
  return Math.asin(0.55 * sineInCrust);
}
