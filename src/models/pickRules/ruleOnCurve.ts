import type { PickRule } from '../../domain/event/runSettings.ts';

/**
 * A rule whose distances and widths are in samples of the records, for a curve with one value for every
 * `strideSamples` of them, as networks give that answer a whole window at once.
 */
export function ruleOnCurve(rule: PickRule, strideSamples: number | undefined): PickRule {
  if (strideSamples === undefined || strideSamples === 1) return rule;
  const values = (samples: number): number => Math.ceil(samples / strideSamples);
  switch (rule.kind) {
    case 'peaks':
      return { ...rule, minimumDistanceSamples: values(rule.minimumDistanceSamples) };
    case 'detection-gated':
      return { ...rule, minimumDistanceSamples: values(rule.minimumDistanceSamples) };
    case 'trigger':
      return { ...rule, minimumWidthSamples: values(rule.minimumWidthSamples) };
    case 'dominance':
      return {
        ...rule,
        minimumDistanceSamples: values(rule.minimumDistanceSamples),
        windowSamples: values(rule.windowSamples),
      };
  }
}
