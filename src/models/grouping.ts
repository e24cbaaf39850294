// Which channels make up the components of one sensor.
// Without orientations the letter decides, in the order Z,N,E — Z,1,2 — 3,2,1 (vertical, north, east).

import {
  componentOf,
  formatNslc,
  type Nslc,
  plainLocation,
  sensorKey,
} from '../domain/waveform/nslc.ts';

export interface ComponentChannel {
  /** The model's component letter: Z, N or E. */
  readonly component: string;
  readonly stream: Nslc;
}

/** One sensor as a model sees it. */
export interface SensorGroup {
  readonly sensorKey: string;
  readonly channels: readonly ComponentChannel[];
}

export interface Grouping {
  readonly sensors: readonly SensorGroup[];
  /** Streams that belong to no component, with the reason. */
  readonly left: readonly { readonly stream: string; readonly reason: string }[];
}

/** Instrument codes of sensors of ground motion: seismometers H L, gravimeters G, accelerometers N, geophones P. */
const GROUND_MOTION = /^.[HLGNP]/;
const GROUND_MOTION_PARTS = /^[^_]*_[HLGNP]_[^_]+$/;

/**
 * Groups streams by network, station, location, band and instrument code, and maps letters to components.
 * Policy: horizontals 1 and 2 are north and east beside a Z; beside a 3 they are the other way round
 * (3,2,1 reads Z,N,E). N and E win over numbered horizontals of the same sensor. Any component may be absent.
 * Not `flexible`, numbered horizontals stand for nothing.
 */
export function groupComponents(
  streams: readonly Nslc[],
  components: readonly string[],
  flexible = true,
): Grouping {
  const bySensor = new Map<string, Map<string, Nslc>>();
  const left: { stream: string; reason: string }[] = [];
  for (const stream of streams) {
    const letter = componentOf(stream);
    if (!/^[ZNE123]$/.test(letter) || !isGroundMotion(stream)) {
      left.push({
        stream: formatNslc(stream),
        reason: `channel ${stream.channel || '(empty)'} is not a component of ground motion`,
      });
      continue;
    }
    const key = sensorKey(stream);
    const letters = bySensor.get(key) ?? new Map<string, Nslc>();
    bySensor.set(key, letters.set(letter, stream));
  }
  const sensors: SensorGroup[] = [];
  for (const [key, letters] of bySensor) {
    const channels = assignLetters(letters, components, flexible);
    const used = new Set(channels.map(({ stream }) => stream));
    if (channels.length > 0) sensors.push({ sensorKey: key, channels });
    for (const stream of letters.values()) {
      if (!used.has(stream)) {
        left.push({
          stream: formatNslc(stream),
          reason: leftReason(stream, components, flexible),
        });
      }
    }
  }
  sensors.sort((a, b) => (a.sensorKey < b.sensorKey ? -1 : 1));
  return { sensors, left };
}

function leftReason(stream: Nslc, components: readonly string[], flexible: boolean): string {
  const letter = componentOf(stream);
  const names = { 1: 'N', 2: 'E', 3: 'Z' }[letter] ?? letter;
  if (!components.includes(names) && !components.includes(letter)) {
    return `component ${letter} is none of the model's ${components.join(', ')}`;
  }
  return flexible
    ? 'another channel of the same sensor already stands for this component'
    : 'numbered horizontals stand for no component in this run';
}

/** The channel a pick belongs to: P to the vertical, S to the first horizontal; to what there is when that is missing. */
export function pickStream(channels: readonly ComponentChannel[], phase: string): Nslc | undefined {
  const onVertical = !phase.startsWith('S');
  const fitting = channels.find(({ component }) => (component === 'Z') === onVertical);
  return (fitting ?? channels[0])?.stream;
}

/**
 * Of a code in parts (`B_S_SS`, of an FDSN source identifier) the source says it: `HH_PhaseNet_N` is a curve and no north.
 * Any other code of other than three letters says nothing of its instrument and is taken on trust.
 */
function isGroundMotion({ channel }: Nslc): boolean {
  if (channel.includes('_')) return GROUND_MOTION_PARTS.test(channel);
  return channel.length !== 3 || GROUND_MOTION.test(channel);
}

function assignLetters(
  letters: ReadonlyMap<string, Nslc>,
  components: readonly string[],
  flexible: boolean,
): ComponentChannel[] {
  const verticalIs3 = flexible && letters.has('3') && !letters.has('Z');
  const numbered = flexible && !letters.has('N') && !letters.has('E');
  const north = numbered ? (verticalIs3 ? '2' : '1') : 'N';
  const east = numbered ? (verticalIs3 ? '1' : '2') : 'E';
  const chosen: Readonly<Record<string, string>> = {
    Z: verticalIs3 ? '3' : 'Z',
    N: north,
    E: east,
  };
  return components.flatMap((component) => {
    const stream = letters.get(chosen[component] ?? component);
    return stream === undefined ? [] : [{ component, stream }];
  });
}

/**
 * Groups streams by network, station and location alone, as SeisBench does: channels of all band and instrument
 * codes, those that win where two stand for one component (the last code of the alphabet) first. The key ends in a
 * point, so that it is the beginning of just its own streams' keys: `UW.HANS..`.
 */
export function groupLocations(
  streams: readonly Nslc[],
  components: readonly string[],
  flexible: boolean,
): Grouping {
  const pairs: Readonly<Record<string, string>> = flexible
    ? { 1: 'N', 2: 'E', N: '1', E: '2' }
    : {};
  const byLocation = new Map<string, ComponentChannel[]>();
  const left: { stream: string; reason: string }[] = [];
  for (const stream of streams) {
    const letter = componentOf(stream);
    const component = [letter, pairs[letter] ?? letter].find((each) => components.includes(each));
    if (component === undefined) {
      const reason = `component ${letter} is none of the model's ${components.join(', ')}`;
      left.push({ stream: formatNslc(stream), reason });
      continue;
    }
    const key = `${stream.network}.${stream.station}.${plainLocation(stream.location)}.`;
    const channels = byLocation.get(key) ?? [];
    channels.push({ component, stream });
    byLocation.set(key, channels);
  }
  const sensors = [...byLocation]
    .map(([key, channels]) => ({
      sensorKey: key,
      channels: channels.sort((a, b) => (a.stream.channel < b.stream.channel ? 1 : -1)),
    }))
    .sort((a, b) => (a.sensorKey < b.sensorKey ? -1 : 1));
  return { sensors, left };
}
