import {
  CRUST,
  directArrival,
  lgTimeS,
  mohoArrival,
  type RayArrival,
  type Wave,
} from './travelTime.ts';
import type { SampleStation } from './network.ts';
import type { Random } from './random.ts';
import type { ScenarioEvent } from './scenario.ts';
import { addRg } from './surfaceWave.ts';
import { addPhase, type PhaseShape } from './wavelet.ts';

/** A broadband seismometer and 24-bit digitizer: 1500 V s/m at 0.4 million counts a volt. */
const COUNTS_PER_M_S = 6e8;
const STRESS_DROP_PA = 3e6;
const QUALITY: Readonly<Record<Wave, number>> = { p: 450, s: 280 };
const MANTLE_QUALITY: Readonly<Record<Wave, number>> = { p: 900, s: 500 };
const EXPLOSION_PA = 12e6;

export type Channels = readonly [Float64Array, Float64Array, Float64Array];

/** A phase as it was put in: its name and onset, and the function that adds it. */
export interface PhasePlan {
  readonly phase: string;
  readonly onsetS: number;
  add(channels: Channels, random: Random): void;
}

interface Geometry {
  readonly distanceKm: number;
  /** Unit vector from source to station, north and east. */
  readonly north: number;
  readonly east: number;
  readonly azimuthRad: number;
}

function geometryOf(event: ScenarioEvent, station: SampleStation): Geometry {
  const eastKm = station.eastKm - event.eastKm;
  const northKm = station.northKm - event.northKm;
  const distanceKm = Math.hypot(eastKm, northKm);
  return {
    distanceKm,
    north: northKm / distanceKm,
    east: eastKm / distanceKm,
    azimuthRad: Math.atan2(eastKm, northKm),
  };
}

/** Moment in N m (Hanks and Kanamori 1979). */
function momentNm(magnitude: number): number {
  return 10 ** (1.5 * magnitude + 9.1);
}

/** Brune (1970), with the P corner 1.5 times the S corner. */
function cornerHz(wave: Wave, magnitude: number, stressDropPa: number): number {
  const s = 0.37 * CRUST.s * 1000 * Math.cbrt(stressDropPa / momentNm(magnitude));
  return wave === 'p' ? 1.5 * s : s;
}

/** Radiation of a vertical strike-slip fault (Aki and Richards 4.89–4.91), kept off zero by scattering. */
function radiation(event: ScenarioEvent, azimuthRad: number, takeOffRad: number) {
  if (event.kind === 'quarry blast') return { p: 1, sv: 0.12, sh: 0.1 };
  const angle = 2 * (azimuthRad - event.strikeRad);
  const sine = Math.sin(takeOffRad);
  const offZero = (value: number) => (Math.abs(value) < 0.2 ? 0.2 * (value < 0 ? -1 : 1) : value);
  return {
    p: offZero(sine * sine * Math.sin(angle)),
    sv: offZero(0.5 * Math.sin(2 * takeOffRad) * Math.sin(angle)),
    sh: offZero(sine * Math.cos(angle)),
  };
}

/** Low-frequency displacement spectrum at a free surface, metre seconds. */
function omegaMS(wave: Wave, moment: number, spreadingKm: number, site: number): number {
  const velocity = CRUST[wave] * 1000;
  return (
    (2 * site * moment) / (4 * Math.PI * CRUST.densityKgM3 * velocity ** 3 * spreadingKm * 1000)
  );
}

/** All phases of `event` at `station`, in the order they arrive. */
export function planPhases(
  event: ScenarioEvent,
  station: SampleStation,
  sampleRateHz: number,
): PhasePlan[] {
  const geometry = geometryOf(event, station);
  const plans =
    event.kind === 'regional earthquake'
      ? regionalPhases(event, station, geometry, sampleRateHz)
      : localPhases(event, station, geometry, sampleRateHz);
  if (event.kind !== 'quarry blast') return plans;
  const peak =
    6.5 *
    10 ** (1.2 * (event.magnitude - 1)) *
    station.amplification *
    (30 / geometry.distanceKm) ** 0.5 *
    60;
  plans.push({
    phase: 'Rg',
    onsetS: event.atS + geometry.distanceKm / 2.75,
    add: (channels) =>
      addRg(
        channels,
        event.atS * sampleRateHz,
        geometry.distanceKm,
        peak,
        [geometry.north, geometry.east],
        sampleRateHz,
      ),
  });
  return plans;
}

function localPhases(
  event: ScenarioEvent,
  station: SampleStation,
  geometry: Geometry,
  sampleRateHz: number,
): PhasePlan[] {
  const stress = event.kind === 'quarry blast' ? EXPLOSION_PA : STRESS_DROP_PA;
  return (['p', 's'] as const).map((wave) => {
    const ray = directArrival(wave, geometry.distanceKm, event.depthKm);
    const onsetS = event.atS + ray.timeS + station.delayS * (wave === 'p' ? 1 : 1.8);
    const tStarS = ray.timeS / QUALITY[wave] + station.kappaS;
    const base = {
      onsetSample: onsetS * sampleRateHz,
      omegaMS: omegaMS(wave, momentNm(event.magnitude), ray.pathKm, station.amplification),
      cornerHz: cornerHz(wave, event.magnitude, stress),
      tStarS,
      riseS: 0.05 + 0.002 * ray.pathKm,
      decayS: wave === 'p' ? 1.5 + 0.05 * ray.pathKm : 4 + 0.12 * ray.pathKm,
      tailPart: wave === 'p' ? 0.16 : 0.2,
    };
    return plan(wave === 'p' ? 'P' : 'S', onsetS, wave, event, geometry, ray, base, sampleRateHz);
  });
}

function regionalPhases(
  event: ScenarioEvent,
  station: SampleStation,
  geometry: Geometry,
  sampleRateHz: number,
): PhasePlan[] {
  const phases = [
    { phase: 'Pn', wave: 'p', part: 0.2, tail: 0.3, riseS: 0.7, decayS: 14 },
    { phase: 'Sn', wave: 's', part: 0.1, tail: 0.3, riseS: 1.5, decayS: 16 },
    { phase: 'Lg', wave: 's', part: 0.12, tail: 0.6, riseS: 8, decayS: 30 },
  ] as const;
  return phases.map(({ phase, wave, part, tail, riseS, decayS }) => {
    const ray = mohoArrival(wave, geometry.distanceKm, event.depthKm);
    const timeS = phase === 'Lg' ? lgTimeS(geometry.distanceKm) : ray.timeS;
    const onsetS = event.atS + timeS + station.delayS;
    const base = {
      onsetSample: onsetS * sampleRateHz,
      omegaMS: part * omegaMS(wave, momentNm(event.magnitude), ray.pathKm, station.amplification),
      cornerHz: cornerHz(wave, event.magnitude, STRESS_DROP_PA),
      tStarS: timeS / MANTLE_QUALITY[wave] + station.kappaS,
      riseS,
      decayS,
      tailPart: tail,
    };
    return plan(phase, onsetS, wave, event, geometry, ray, base, sampleRateHz);
  });
}

type ShapeBase = Omit<PhaseShape, 'direct' | 'scattered'>;

function plan(
  phase: string,
  onsetS: number,
  wave: Wave,
  event: ScenarioEvent,
  geometry: Geometry,
  ray: RayArrival,
  base: ShapeBase,
  sampleRateHz: number,
): PhasePlan {
  const pattern = radiation(event, geometry.azimuthRad, ray.takeOffRad);
  const { north, east } = geometry;
  const up = Math.cos(ray.incidenceRad);
  const along = Math.sin(ray.incidenceRad);
  const shape: PhaseShape =
    wave === 'p'
      ? {
          ...base,
          direct: [pattern.p * up, pattern.p * along * north, pattern.p * along * east],
          scattered: [0.5, 0.32, 0.32],
        }
      : {
          ...base,
          direct: [
            -pattern.sv * along,
            pattern.sv * up * north - pattern.sh * east,
            pattern.sv * up * east + pattern.sh * north,
          ],
          scattered: event.kind === 'quarry blast' ? [0.12, 0.14, 0.14] : [0.3, 0.5, 0.5],
        };
  return {
    phase,
    onsetS,
    add: (channels, random) => addPhase(channels, shape, COUNTS_PER_M_S, sampleRateHz, random),
  };
}
