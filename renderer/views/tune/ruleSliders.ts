// The numbers of a pick rule as sliders: distances and widths in samples, as the rule has them.

import type { PickRule } from '../../../src/domain/event/runSettings.ts';
import { SETTING_HELP } from '../models/settingWords.ts';
import { duration } from '../words.ts';

interface RuleSlider {
  readonly name: string;
  readonly unit?: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly most: number;
  readonly step: number;
  readonly whole: boolean;
  readonly help: string;
  set(value: number): PickRule;
}

/** Farther apart than this two picks of one phase are hardly of one event; more can be typed. */
const REACH_S = 10;

export function ruleSliders(rule: PickRule, rateHz: number): RuleSlider[] {
  const inTime = (samples: number): string => `${duration(samples / rateHz)} at ${rateHz} Hz.`;
  const samples = (
    name: string,
    value: number,
    words: string,
    set: (value: number) => PickRule,
  ): RuleSlider => {
    const bounds = { min: 1, max: Math.round(REACH_S * rateHz), most: 1_000_000 };
    const help = `${inTime(value)} ${words}`;
    return { name, unit: 'samples', value, ...bounds, step: 1, whole: true, help, set };
  };
  const rows: RuleSlider[] = [];
  if ('minimumDistanceSamples' in rule) {
    const { minimumDistanceSamples: value } = rule;
    const set = (minimumDistanceSamples: number): PickRule => ({ ...rule, minimumDistanceSamples });
    rows.push(samples('Least distance', value, SETTING_HELP.distance, set));
  }
  if (rule.kind === 'trigger') {
    const set = (minimumWidthSamples: number): PickRule => ({ ...rule, minimumWidthSamples });
    const row = samples('Least width', rule.minimumWidthSamples, SETTING_HELP.width, set);
    rows.push({ ...row, min: 0, max: Math.round(2 * rateHz) });
  }
  if (rule.kind === 'dominance') {
    const set = (windowSamples: number): PickRule => ({ ...rule, windowSamples });
    rows.push(samples('Dominance', rule.windowSamples, SETTING_HELP.dominance, set));
  }
  if ('off' in rule) rows.push(offSlider(rule));
  return rows;
}

function offSlider(rule: Extract<PickRule, { readonly off: unknown }>): RuleSlider {
  const { off } = rule;
  const isRatio = 'ratio' in off;
  return {
    ...{ min: 0.01, max: 1, most: 1, step: 0.01, whole: false, help: SETTING_HELP.off },
    name: isRatio ? 'Off, of threshold' : 'Off, probability',
    value: isRatio ? off.ratio : off.level,
    set: (value) => ({ ...rule, off: isRatio ? { ratio: value } : { level: value } }),
  };
}
