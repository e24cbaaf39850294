import { AppError } from '../../base/appError.ts';
import type {
  PickRule,
  RecordTreatment,
  RunningScale,
  RunSettings,
  WindowPreparation,
  WindowScale,
} from '../event/runSettings.ts';
import type { BandFilter } from '../waveform/bandFilter.ts';
import type { JsonReader } from './jsonReader.ts';

/** The settings of a run as JSON holds them: what is undefined is left out. Throws `bad-input` with the field. */
export function readSettings(from: JsonReader): RunSettings {
  const [start, end, another] = from.numberList('blindingSamples');
  if (start === undefined || end === undefined || another !== undefined) {
    throw new AppError('bad-input', `${from.at('blindingSamples')} must be two numbers`);
  }
  const settings: RunSettings = {
    policy: from.oneOf('policy', ['onset', 'seisbench']),
    filter: from.has('filter') ? readFilter(from.object('filter')) : undefined,
    detrendRecords: from.boolean('detrendRecords'),
    ...(from.has('recordTreatment')
      ? { recordTreatment: readTreatment(from.object('recordTreatment')) }
      : {}),
    preparation: readPreparation(from.object('preparation')),
    ...(from.has('windowSamples') ? { windowSamples: from.integer('windowSamples', 1) } : {}),
    ...(from.has('runningScale')
      ? { runningScale: readRunningScale(from.object('runningScale')) }
      : {}),
    overlap: from.number('overlap', 0),
    strideSamples: from.number('strideSamples', 0),
    ...(from.has('everyWindow') ? { everyWindow: from.boolean('everyWindow') } : {}),
    ...(from.has('provider') ? { provider: from.string('provider') } : {}),
    stacking: from.oneOf('stacking', ['avg', 'max']),
    blindingSamples: [start, end],
    strict: from.boolean('strict'),
    ...(from.has('absentAs') ? { absentAs: from.oneOf('absentAs', ['zeros', 'vertical']) } : {}),
    flexibleHorizontals: from.boolean('flexibleHorizontals'),
    zeroPhaseResample: from.boolean('zeroPhaseResample'),
    batchSize: from.integer('batchSize', 1),
    thresholds: from.numbers('thresholds', 0, 1),
    pickRule: readPickRule(from.object('pickRule')),
    ...(from.has('uncertainty')
      ? { uncertainty: from.oneOf('uncertainty', ['width', 'normal fit']) }
      : {}),
    ...(from.has('instruments') ? { instruments: from.oneOf('instruments', ['all', 'best']) } : {}),
  };
  from.end();
  return settings;
}

function readTreatment(from: JsonReader): RecordTreatment {
  const read = {
    ...(from.has('demean') ? { demean: from.boolean('demean') } : {}),
    ...(from.has('taperS') ? { taperS: from.number('taperS', 0) } : {}),
    ...(from.has('resampling') ? { resampling: from.oneOf('resampling', ['linear']) } : {}),
    ...(from.has('integrateFromHz') ? { integrateFromHz: from.number('integrateFromHz', 0) } : {}),
  };
  from.end();
  return read;
}

function readRunningScale(from: JsonReader): RunningScale {
  const read = {
    windowSamples: from.integer('windowSamples', 1),
    stepSamples: from.integer('stepSamples', 1),
  };
  from.end();
  return read;
}

/** The corners of a filter. Throws `bad-input` with the field. */
export function readFilter(from: JsonReader): BandFilter {
  const read: BandFilter = {
    lowHz: from.optionalNumber('lowHz'),
    highHz: from.optionalNumber('highHz'),
    corners: from.integer('corners', 1),
    zeroPhase: from.boolean('zeroPhase'),
  };
  from.end();
  return read;
}

function readPreparation(from: JsonReader): WindowPreparation {
  const read: WindowPreparation = {
    demean: from.boolean('demean'),
    ...(from.has('centre') ? { centre: from.oneOf('centre', ['mean', 'median']) } : {}),
    detrend: from.boolean('detrend'),
    scale: from.has('scale') ? readScale(from.object('scale')) : undefined,
    taperSamples: from.integer('taperSamples'),
  };
  from.end();
  return read;
}

function readScale(from: JsonReader): WindowScale {
  const shared = {
    scope: from.oneOf('scope', ['component', 'window']),
    epsilon: from.number('epsilon', 0),
  };
  return from.oneOf('by', ['std', 'peak']) === 'peak'
    ? { ...shared, by: 'peak' }
    : { ...shared, by: 'std', divisor: from.oneOf('divisor', ['n', 'n-1']) };
}

function readPickRule(from: JsonReader): PickRule {
  const rule = readRule(from);
  from.end();
  return rule;
}

function readRule(from: JsonReader): PickRule {
  const kind = from.oneOf('kind', ['peaks', 'trigger', 'dominance', 'detection-gated']);
  switch (kind) {
    case 'peaks':
      return {
        kind,
        minimumDistanceSamples: from.number('minimumDistanceSamples', 0),
        ...(from.has('convention')
          ? { convention: from.oneOf('convention', ['detect_peaks']) }
          : {}),
      };
    case 'trigger':
      return {
        kind,
        off: readOff(from.object('off')),
        minimumWidthSamples: from.number('minimumWidthSamples', 0),
        ...(from.has('convention')
          ? { convention: from.oneOf('convention', ['trigger_onset']) }
          : {}),
      };
    case 'dominance':
      return {
        kind,
        minimumDistanceSamples: from.number('minimumDistanceSamples', 0),
        windowSamples: from.number('windowSamples', 0),
      };
    case 'detection-gated':
      return {
        kind,
        minimumDistanceSamples: from.number('minimumDistanceSamples', 0),
        off: readOff(from.object('off')),
        ...(from.has('perWindow') ? { perWindow: from.boolean('perWindow') } : {}),
      };
  }
}

function readOff(from: JsonReader): { readonly ratio: number } | { readonly level: number } {
  return from.has('ratio')
    ? { ratio: from.number('ratio', 0, 1) }
    : { level: from.number('level', 0, 1) };
}
