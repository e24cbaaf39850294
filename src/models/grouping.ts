// Which channels make up the components of one sensor.
// Without orientations the letter decides, in the order Z,N,E — Z,1,2 — 3,2,1 (vertical, north, east).

import { formatNslc, type Nslc, componentOf, sensorKey } from '../domain/waveform/nslc.ts';

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

/**
 * Groups streams by network, station, location, band and instrument code, and maps letters to components.
 * Policy: horizontals 1 and 2 are north and east beside a Z; beside a 3 they are the other way round
 * (3,2,1 reads Z,N,E). N and E win over numbered horizontals of the same sensor. Any component may be absent.
 */
export function groupComponents(streams: readonly Nslc[], components: readonly string[]): Grouping {
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
    const channels = assignLetters(letters, components);
    const used = new Set(channels.map(({ stream }) => stream));
    sensors.push({ sensorKey: key, channels });
    for (const stream of letters.values()) {
      if (!used.has(stream)) {
        left.push({
          stream: formatNslc(stream),
          reason: 'another channel of the same sensor already stands for this component',
        });
      }
    }
  }
  sensors.sort((a, b) => (a.sensorKey < b.sensorKey ? -1 : 1));
  return { sensors, left };
}

/** A channel code of other than three letters says nothing of its instrument and is taken on trust. */
function isGroundMotion(stream: Nslc): boolean {
  return stream.channel.length !== 3 || GROUND_MOTION.test(stream.channel);
}

function assignLetters(
  letters: ReadonlyMap<string, Nslc>,
  components: readonly string[],
): ComponentChannel[] {
  const verticalIs3 = letters.has('3') && !letters.has('Z');
  const numbered = !letters.has('N') && !letters.has('E');
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
