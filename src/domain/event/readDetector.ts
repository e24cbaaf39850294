import type { Json } from '../../base/canonicalJson.ts';
import { JsonReader } from '../parameterSet/jsonReader.ts';
import type { BandFilter } from '../waveform/bandFilter.ts';
import {
  checkDetector,
  DEFAULT_DETECTOR,
  DETECTOR_COMPONENTS,
  DETECTOR_KINDS,
  type DetectorSettings,
  KIND_DEFAULTS,
  ONSET_METHODS,
  type OnsetRefinement,
  type StationCoincidence,
} from './detectorSettings.ts';

/**
 * Settings written as JSON (schema: resources/schemas/detector.json); what is left out is the kind's own. Throws `bad-input`
 * with the field.
 */
export function readDetector(json: Json): DetectorSettings {
  const reader = new JsonReader(json, '');
  const kind = reader.has('kind') ? reader.oneOf('kind', DETECTOR_KINDS) : DEFAULT_DETECTOR.kind;
  const own: DetectorSettings = { ...DEFAULT_DETECTOR, ...KIND_DEFAULTS[kind], kind };
  const number = (name: 'shortS' | 'longS' | 'onLevel' | 'offLevel' | 'minimumDurationS') =>
    reader.has(name) ? reader.number(name) : own[name];
  const settings: DetectorSettings = {
    kind,
    shortS: number('shortS'),
    longS: number('longS'),
    onLevel: number('onLevel'),
    offLevel: number('offLevel'),
    band: readBand(reader, own.band),
    components: reader.has('components')
      ? reader.oneOf('components', DETECTOR_COMPONENTS)
      : own.components,
    phase: reader.has('phase') ? reader.string('phase') : own.phase,
    minimumDurationS: number('minimumDurationS'),
    longestS: reader.optionalNumber('longestS'),
    refinement: reader.has('refinement')
      ? readRefinement(reader.object('refinement'), own.refinement)
      : own.refinement,
    coincidence: reader.has('coincidence')
      ? readCoincidence(reader.object('coincidence'))
      : undefined,
    ...(reader.has('wholeRecord') && { wholeRecord: reader.boolean('wholeRecord') }),
  };
  reader.end();
  return checkDetector(settings);
}

/** `null` says that there is no filter; an absent one is the default. */
function readBand(reader: JsonReader, own: BandFilter | undefined): BandFilter | undefined {
  if (reader.fields['band'] === undefined) return own;
  if (!reader.has('band')) return undefined;
  const band = reader.object('band');
  const read = {
    lowHz: band.optionalNumber('lowHz'),
    highHz: band.optionalNumber('highHz'),
    corners: band.has('corners') ? band.integer('corners', 1) : 4,
    zeroPhase: band.has('zeroPhase') && band.boolean('zeroPhase'),
  };
  band.end();
  return read;
}

function readRefinement(reader: JsonReader, own: OnsetRefinement): OnsetRefinement {
  const read = {
    method: reader.has('method') ? reader.oneOf('method', ONSET_METHODS) : own.method,
    beforeS: reader.has('beforeS') ? reader.number('beforeS') : own.beforeS,
    afterS: reader.has('afterS') ? reader.number('afterS') : own.afterS,
  };
  reader.end();
  return read;
}

function readCoincidence(reader: JsonReader): StationCoincidence {
  const read = {
    leastSum: reader.number('leastSum'),
    weights: reader.has('weights') ? reader.numbers('weights', 0) : {},
    extensionS: reader.has('extensionS') ? reader.number('extensionS', 0) : 0,
  };
  reader.end();
  return read;
}
