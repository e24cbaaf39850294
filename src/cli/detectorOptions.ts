// How a classic detector is written on a command line.

import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../base/appError.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/canonicalJson.ts';
import type { DetectorSettings } from '../domain/event/detectorSettings.ts';
import { readDetector } from '../domain/event/readDetector.ts';
import { UsageError } from './usage.ts';

export const DETECTOR_OPTIONS = {
  settings: { type: 'string' },
  kind: { type: 'string' },
  sta: { type: 'string' },
  lta: { type: 'string' },
  on: { type: 'string' },
  off: { type: 'string' },
  band: { type: 'string' },
  corners: { type: 'string' },
  components: { type: 'string' },
  phase: { type: 'string' },
  'min-duration': { type: 'string' },
  'max-duration': { type: 'string' },
  refine: { type: 'string' },
  'onset-window': { type: 'string' },
  coincidence: { type: 'string' },
  weights: { type: 'string' },
  extension: { type: 'string' },
  'whole-record': { type: 'boolean' },
} as const;

export const DETECTOR_HELP = `  --settings FILE     JSON of a detector (resources/schemas/detector.json); the options below change it
  --kind WORD         classic, recursive, z-detect, delayed, energy-ratio, kurtosis, baer-kradolfer or ar
                      (default: recursive); the last two look around triggers of the recursive one
  --sta S, --lta S    short and long window in seconds
  --on N, --off N     levels of the function at which a trigger begins and ends
  --band LOW-HIGH     causal filter in Hz, such as 2-20, 2- or none (default: 2-20)
  --corners N         of the filter (default: 4)
  --components WORD   vertical, horizontal or all (default: vertical)
  --phase NAME        what the picks are called (default: P)
  --min-duration S    shorter triggers are no picks; --max-duration S longer ones neither
  --refine WORD       none, aic, kurtosis or ar: how the onset is found (default: aic)
  --onset-window B,A  seconds before and after the trigger in which it is sought (default: 2,1)
  --coincidence N     only what so many stations have at one time
  --weights TEXT      "UW.HANS: 2, UW.LRIV: 0.5": what a station counts (default: 1)
  --extension S       how long after its end a trigger still reaches the next one (default: 0)
  --whole-record      z-detect and delayed as ObsPy has them, over whole gap-free records
`;

/** As `parseArgs` answers them. */
export type DetectorOptionValues = {
  readonly [K in keyof typeof DETECTOR_OPTIONS]?:
    ((typeof DETECTOR_OPTIONS)[K]['type'] extends 'string' ? string : boolean) | undefined;
};

/** Throws UsageError for what cannot be, before anything is opened. */
export function readDetectorOptions(values: DetectorOptionValues): DetectorSettings {
  const base = values.settings === undefined ? {} : readFile(values.settings);
  try {
    return readDetector({ ...base, ...changesOf(values, base) });
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-input')
      throw new UsageError(error.message);
    throw error;
  }
}

function changesOf(values: DetectorOptionValues, base: JsonObject): JsonObject {
  const { kind, sta, lta, on, off, band, corners, components, phase } = values;
  const min = values['min-duration'];
  const max = values['max-duration'];
  return {
    ...(kind !== undefined && { kind }),
    ...(sta !== undefined && { shortS: readNumber(sta, 'sta') }),
    ...(lta !== undefined && { longS: readNumber(lta, 'lta') }),
    ...(on !== undefined && { onLevel: readNumber(on, 'on') }),
    ...(off !== undefined && { offLevel: readNumber(off, 'off') }),
    ...((band !== undefined || corners !== undefined) && { band: readBand(band, corners, base) }),
    ...(components !== undefined && { components }),
    ...(phase !== undefined && { phase }),
    ...(min !== undefined && { minimumDurationS: readNumber(min, 'min-duration') }),
    ...(max !== undefined && { longestS: readNumber(max, 'max-duration') }),
    ...refinementOf(values, base),
    ...coincidenceOf(values, base),
    ...(values['whole-record'] === true && { wholeRecord: true }),
  };
}

function refinementOf(values: DetectorOptionValues, base: JsonObject): JsonObject {
  const { refine, 'onset-window': window } = values;
  if (refine === undefined && window === undefined) return {};
  const before = objectIn(base, 'refinement');
  const [beforeS, afterS, ...rest] = (window ?? '').split(',').map((part) => part.trim());
  if (window !== undefined && (afterS === undefined || rest.length > 0)) {
    throw new UsageError(`--onset-window must be two numbers such as 2,1, not "${window}"`);
  }
  return {
    refinement: {
      ...before,
      ...(refine !== undefined && { method: refine }),
      ...(window !== undefined && {
        beforeS: readNumber(beforeS ?? '', 'onset-window'),
        afterS: readNumber(afterS ?? '', 'onset-window'),
      }),
    },
  };
}

function coincidenceOf(values: DetectorOptionValues, base: JsonObject): JsonObject {
  const { coincidence, weights, extension } = values;
  if (coincidence === undefined && weights === undefined && extension === undefined) return {};
  const before = objectIn(base, 'coincidence');
  if (coincidence === undefined && before['leastSum'] === undefined) {
    throw new UsageError('--weights and --extension need --coincidence N');
  }
  return {
    coincidence: {
      ...before,
      ...(coincidence !== undefined && { leastSum: readNumber(coincidence, 'coincidence') }),
      ...(weights !== undefined && { weights: readWeights(weights) }),
      ...(extension !== undefined && { extensionS: readNumber(extension, 'extension') }),
    },
  };
}

function readBand(text: string | undefined, corners: string | undefined, base: JsonObject): Json {
  const own = corners === undefined ? {} : { corners: readNumber(corners, 'corners') };
  if (text === undefined) return { lowHz: 2, highHz: 20, ...objectIn(base, 'band'), ...own };
  if (text.toLowerCase() === 'none') return null;
  const [, low = '', high = ''] = /^([\d.]*)-([\d.]*)$/.exec(text.trim()) ?? [];
  if (low === '' && high === '') {
    throw new UsageError(`--band must be LOW-HIGH in Hz such as 2-20, 2- or none, not "${text}"`);
  }
  return {
    ...(low !== '' && { lowHz: readNumber(low, 'band') }),
    ...(high !== '' && { highHz: readNumber(high, 'band') }),
    ...own,
  };
}

function readWeights(text: string): JsonObject {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [station = '', weight = '', ...rest] = part.split(/[:=]/).map((each) => each.trim());
      if (!/^[^.]+\.[^.]+$/.test(station) || rest.length > 0) {
        throw new UsageError(`--weights names "${part.trim()}"; write "UW.HANS: 2, UW.LRIV: 0.5"`);
      }
      return [station, readNumber(weight, 'weights')];
    }),
  );
}

function readNumber(text: string, name: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UsageError(`--${name} must be a number, not "${text}"`);
}

function objectIn(base: JsonObject, name: string): JsonObject {
  const value = base[name];
  return isJsonObject(value) ? value : {};
}

function readFile(path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--settings ${path} cannot be read: ${messageOf(error)}`);
  }
  if (isJsonObject(value as Json)) return value as JsonObject;
  throw new UsageError(`--settings ${path} holds no JSON object`);
}
