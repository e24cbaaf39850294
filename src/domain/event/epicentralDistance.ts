/** A point on the surface. */
export interface Place {
  readonly latitudeDeg: number;
  readonly longitudeDeg: number;
}

const EARTH_RADIUS_KM = 6371;

/** Along a great circle of a sphere; within 0.6 % of the ellipsoid. */
export function epicentralDistanceKm(from: Place, to: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [latitude, otherLatitude] = [radians(from.latitudeDeg), radians(to.latitudeDeg)];
  const halfNorth = Math.sin((otherLatitude - latitude) / 2) ** 2;
  const halfEast = Math.sin(radians(to.longitudeDeg - from.longitudeDeg) / 2) ** 2;
  const chord = halfNorth + Math.cos(latitude) * Math.cos(otherLatitude) * halfEast;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}
