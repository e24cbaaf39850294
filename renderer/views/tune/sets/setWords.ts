// A parameter set in words: what its models, its ensemble and its pick rules are told to do.

import type { JsonObject } from '../../../../src/base/canonicalJson.ts';
import type { PickRule } from '../../../../src/domain/event/runSettings.ts';
import { JsonReader } from '../../../../src/domain/parameterSet/jsonReader.ts';
import {
  readCalibrations,
  readStationThresholds,
  type SetModel,
} from '../../../../src/domain/parameterSet/parameterSet.ts';
import { readSettings } from '../../../../src/domain/parameterSet/readSettings.ts';
import { RULE_NAMES, settingsWords } from '../../models/settingWords.ts';
import { probability } from '../../words.ts';

/** `highest peaks, at least 50 samples apart`. */
export function ruleWords(rule: PickRule): string {
  return [
    RULE_NAMES[rule.kind],
    ...('minimumDistanceSamples' in rule
      ? [`at least ${rule.minimumDistanceSamples} samples apart`]
      : []),
    ...('minimumWidthSamples' in rule && rule.minimumWidthSamples > 0
      ? [`at least ${rule.minimumWidthSamples} samples wide`]
      : []),
    ...('windowSamples' in rule ? [`over ${rule.windowSamples} samples`] : []),
    ...('off' in rule
      ? ['ratio' in rule.off ? `off at ${rule.off.ratio} of the threshold` : `off at ${rule.off.level}`] // prettier-ignore
      : []),
  ].join(', ');
}

/** What besides the settings makes or marks picks; empty where there is nothing of the kind. */
export function particulars({
  settings,
  stationThresholds,
  calibration,
}: Omit<SetModel, 'id' | 'version' | 'sha256'>): string[] {
  // prettier-ignore
  const stations = Object.entries(stationThresholds).map(([station, own]) => {
    const limits = Object.entries(own).map(([label, value]) => `${label} ${probability(value)}`);
    return `${station} ${limits.join(', ')}`;
  });
  const calibrated = Object.entries(calibration).map(([label, own]) =>
    own.kind === 'temperature'
      ? `${label} by temperature ${Number(own.temperature.toFixed(3))}`
      : `${label} by isotonic steps`,
  );
  return [
    ruleWords(settings.pickRule),
    ...(stations.length > 0 ? [`thresholds of their own: ${stations.join('; ')}`] : []),
    ...(calibrated.length > 0 ? [`probabilities calibrated: ${calibrated.join(', ')}`] : []),
  ];
}

/** How members are taken together, a line each. One that a newer Onset wrote says so. */
export function ensembleLines(ensemble: JsonObject): string[] {
  try {
    const from = new JsonReader(ensemble, 'ensemble');
    const settings = readSettings(from.object('settings'));
    const seen = from.has('leastAgreeing') ? `, seen by ${from.integer('leastAgreeing', 1)}` : '';
    const names = from.objects('members').map((member) => member.string('name'));
    const weights = from.has('weights') ? from.numberList('weights') : [];
    const members = names.map((name, k) => (weights[k] === undefined ? name : `${name} × ${weights[k]}`)); // prettier-ignore
    const stationThresholds = from.has('stationThresholds')
      ? readStationThresholds(from.object('stationThresholds'))
      : {};
    const calibration = from.has('calibration') ? readCalibrations(from.object('calibration')) : {};
    return [
      `${from.string('rule')} of ${members.join(', ')}${seen}`,
      settingsWords(settings, false),
      ...particulars({ settings, stationThresholds, calibration }),
    ];
  } catch {
    return ['of another version'];
  }
}
