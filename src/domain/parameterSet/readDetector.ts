import {
  DETECTOR_COMPONENTS,
  DETECTOR_KINDS,
  type DetectorSettings,
  ONSET_METHODS,
  type StationCoincidence,
} from '../event/detectorSettings.ts';
import type { JsonReader } from './jsonReader.ts';
import { readFilter } from './readSettings.ts';

/** A classic detector as a set has it: what is undefined is left out. Throws `bad-input` with the field. */
export function readDetector(from: JsonReader): DetectorSettings {
  const refinement = from.object('refinement');
  const settings: DetectorSettings = {
    kind: from.oneOf('kind', DETECTOR_KINDS),
    shortS: from.number('shortS', 0),
    longS: from.number('longS', 0),
    onLevel: from.number('onLevel'),
    offLevel: from.number('offLevel'),
    band: from.has('band') ? readFilter(from.object('band')) : undefined,
    components: from.oneOf('components', DETECTOR_COMPONENTS),
    phase: from.string('phase'),
    minimumDurationS: from.number('minimumDurationS', 0),
    longestS: from.optionalNumber('longestS'),
    refinement: {
      method: refinement.oneOf('method', ONSET_METHODS),
      beforeS: refinement.number('beforeS', 0),
      afterS: refinement.number('afterS', 0),
    },
    coincidence: from.has('coincidence') ? readCoincidence(from.object('coincidence')) : undefined,
    ...(from.has('wholeRecord') ? { wholeRecord: from.boolean('wholeRecord') } : {}),
  };
  from.end();
  return settings;
}

function readCoincidence(from: JsonReader): StationCoincidence {
  const weights = from.object('weights');
  return {
    leastSum: from.number('leastSum', 0),
    weights: Object.fromEntries(
      Object.keys(weights.fields).map((station) => [station, weights.number(station, 0)]),
    ),
    extensionS: from.number('extensionS', 0),
  };
}
