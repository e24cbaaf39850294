// Why a run has, or has not, made a pick at a time: in words, with the numbers it was decided by.

import type { PickRule, RunSettings } from '../../domain/event/runSettings.ts';
import { isDominant } from '../pickRules/dominance.ts';
import { offLevel, pickSparse, type RulePick } from '../pickRules/pickCurves.ts';
import { findRuns } from '../pickRules/runs.ts';
import { type SparseCurve, type SparseCurves, valuesBetween } from '../pickRules/sparseCurve.ts';

/** Distance from the time asked about within which a peak is taken to be the one that is meant. */
export const SEARCH_S = 0.5;

export type WhyKind =
  | 'picked'
  | 'outside-run'
  | 'skipped'
  | 'component-missing'
  | 'gap'
  | 'too-short'
  | 'blinded'
  | 'no-curve'
  | 'not-picked-label'
  | 'below-threshold'
  | 'other-phase'
  | 'higher-peak-near'
  | 'too-narrow'
  | 'no-detection'
  | 'masked'
  | 'clipped'
  | 'edge'
  | 'few-agree'
  | 'note';

export interface Reason {
  readonly kind: WhyKind;
  readonly text: string;
}

/** What is known of a run at one sensor and time. Seconds count from the time asked about, negative before it. */
export interface Situation {
  readonly phase: string;
  readonly settings: RunSettings;
  /** Samples of the window at the rate of the network, and that rate. */
  readonly windowSamples: number;
  readonly modelRateHz: number;
  /** The sample of a window its one answer is for, where it has but one. */
  readonly labelSample?: number | undefined;
  /** Component letters of the network, in its order. */
  readonly components: readonly string[];
  /** Why the run did not look at the sensor at all, or only in parts. */
  readonly skipped: readonly string[];
  /** What was changed or left out of the records of the sensor. */
  readonly notes: readonly string[];
  /** What is wrong with the records here: `masked 0.05 s on HHZ`, `clipped on HHZ`. */
  readonly spots?: readonly string[];
  /** Whether the span of the run holds the time; true for a run over all data. */
  readonly insideRun: boolean;
  /** The gap-free data of each component around the time; undefined where the component has none there. */
  readonly data: readonly {
    readonly component: string;
    readonly span: { readonly fromS: number; readonly toS: number } | undefined;
  }[];
  /** Undefined where the run kept no curve. */
  readonly curves:
    | {
        readonly byLabel: SparseCurves;
        readonly sampleRateHz: number;
        /** The place of the time asked about; whole or not. */
        readonly sample: number;
        /** What is not kept is lower than this. */
        readonly floor: number;
      }
    | undefined;
}

export interface WhyNot {
  readonly picked: boolean;
  /** The decisive one first. */
  readonly reasons: readonly Reason[];
}

/** Pure and total: there is always a first reason. */
export function explainPick(situation: Situation): WhyNot {
  const before = beforeTheNetwork(situation);
  if (before) return { picked: false, reasons: [before, ...remarks(situation)] };
  const { curves } = situation;
  if (!curves) {
    const [masked] = spotReasons(situation).filter(({ kind }) => kind === 'masked');
    if (masked) {
      const others = remarks(situation).filter(({ text }) => text !== masked.text);
      return { picked: false, reasons: [masked, ...others] };
    }
    const text = 'The run kept no probabilities here; run the model again to see them.';
    return { picked: false, reasons: [{ kind: 'no-curve', text }, ...remarks(situation)] };
  }
  const found = fromCurves(situation, curves);
  const picked = found[0]?.kind === 'picked';
  return { picked, reasons: [...found, ...remarks(situation)] };
}

/** What kept the run from looking at all. */
function beforeTheNetwork(situation: Situation): Reason | undefined {
  const { settings, components, data, insideRun, skipped } = situation;
  if (!insideRun) {
    return { kind: 'outside-run', text: 'The run was over another span; run the model over this one.' }; // prettier-ignore
  }
  const present = data.filter(({ span }) => span !== undefined);
  const absent = components.filter((name) => !present.some(({ component }) => component === name));
  if (settings.strict && absent.length > 0 && present.length > 0) {
    const text = `${listed(absent)} ${absent.length === 1 ? 'is' : 'are'} missing here, and the run was strict: it wants all of ${components.join(', ')}.`;
    return { kind: 'component-missing', text };
  }
  if (present.length === 0) {
    return { kind: 'gap', text: 'There is no data at this time: a gap, or before or after the records.' }; // prettier-ignore
  }
  const short = tooShort(situation);
  if (short) return short;
  const [why] = skipped;
  if (why !== undefined && !situation.curves) {
    return { kind: 'skipped', text: `The run left the station out: ${why}.` };
  }
  return blinded(situation);
}

/** Samples that were left out, and records that are cut off. */
function spotReasons({ spots = [] }: Situation): Reason[] {
  return spots.flatMap((words): Reason[] => {
    const [, masked, where] = /^masked (.+) on (.+)$/.exec(words) ?? [];
    if (masked !== undefined && where !== undefined) {
      const text = `${masked} of ${where} beside it are masked: records of the same time disagree there, and the network was not fed with them.`;
      return [{ kind: 'masked', text }];
    }
    const [, channel] = /^clipped on (.+)$/.exec(words) ?? [];
    if (channel === undefined) return [];
    const text = `${channel} is clipped here: the record is cut off at its largest value, and no network has learned such waves.`;
    return [{ kind: 'clipped', text }];
  });
}

function commonSpan({ data, settings }: Situation): { fromS: number; toS: number } | undefined {
  const spans = data.flatMap(({ span }) => span ?? []);
  if (spans.length === 0) return undefined;
  // SeisBench goes on with any component, filling in zeros; onset cuts where one of them ends.
  const widest = settings.policy === 'seisbench' && !settings.strict;
  const from = spans.map(({ fromS }) => fromS);
  const to = spans.map(({ toS }) => toS);
  return widest
    ? { fromS: Math.min(...from), toS: Math.max(...to) }
    : { fromS: Math.max(...from), toS: Math.min(...to) };
}

function tooShort(situation: Situation): Reason | undefined {
  const span = commonSpan(situation);
  const windowS = situation.windowSamples / situation.modelRateHz;
  if (!span || span.toS - span.fromS >= windowS * 0.999) return undefined;
  const text = `The data between two gaps is ${seconds(span.toS - span.fromS)} long, shorter than the window of ${seconds(windowS)}.`;
  return { kind: 'too-short', text };
}

/** Only `seisbench` blinds the ends of records too; inside them windows overlap. One answer a window ends with it. */
function blinded(situation: Situation): Reason | undefined {
  const { settings, modelRateHz, labelSample: at, windowSamples, curves } = situation;
  const span = commonSpan(situation);
  if (!span || (at === undefined ? settings.policy !== 'seisbench' : curves)) return undefined;
  const silent = at === undefined ? settings.blindingSamples : [at, windowSamples - at];
  const [before, after] = silent.map((samples) => samples / modelRateHz);
  const why = at === undefined ? 'are blinded' : 'are no middle of a window';
  const fromStart = -span.fromS;
  const toEnd = span.toS;
  if (before !== undefined && fromStart < before) {
    const text = `It is ${seconds(fromStart)} after the start of the data; the first ${seconds(before)} ${why}.`;
    return { kind: 'blinded', text };
  }
  if (after !== undefined && toEnd < after) {
    const text = `It is ${seconds(toEnd)} before the end of the data; the last ${seconds(after)} ${why}.`;
    return { kind: 'blinded', text };
  }
  return undefined;
}

function fromCurves(situation: Situation, curves: NonNullable<Situation['curves']>): Reason[] {
  const { phase, settings } = situation;
  const threshold = settings.thresholds[phase];
  const own = curves.byLabel[phase];
  if (threshold === undefined) {
    const text = `The run has no threshold for ${phase} and picks none.`;
    return [{ kind: 'not-picked-label', text }];
  }
  const peak = own && highestNear(own, curves);
  if (!own || !peak) {
    const bound = Math.min(curves.floor, threshold);
    const text = `The probability of ${phase} stays below ${number(bound)} within ${SEARCH_S} s; the threshold is ${number(threshold)}.`;
    return [{ kind: 'below-threshold', text }, ...otherPhases(situation, curves, 0)];
  }
  if (peak.value < threshold) {
    const text = `The highest probability of ${phase} within ${SEARCH_S} s is ${apart(peak.value, threshold)}.`;
    return [{ kind: 'below-threshold', text }, ...otherPhases(situation, curves, peak.value)];
  }
  const picks = pickSparse(
    settings.pickRule,
    settings.thresholds,
    curves.byLabel,
    curves.sampleRateHz,
  ).filter(({ label }) => label === phase);
  const near = picks.find(({ sample }) => within(sample, curves));
  if (near) {
    const at = (near.sample - curves.sample) / curves.sampleRateHz;
    const text = `The run has picked ${phase} ${offset(at)}, with probability ${number(near.probability)} at a threshold of ${number(threshold)}.`;
    return [{ kind: 'picked', text }];
  }
  return [byRule(situation, curves, peak, picks)];
}

interface Peak {
  readonly sample: number;
  readonly value: number;
}

/** Why the rule made no pick of a peak at or above the threshold. */
function byRule(
  situation: Situation,
  curves: NonNullable<Situation['curves']>,
  peak: Peak,
  picks: readonly RulePick[],
): Reason {
  const { phase, settings } = situation;
  const { pickRule: rule } = settings;
  const own = curves.byLabel[phase];
  if (rule.kind === 'dominance' && own) {
    const winner = dominating(curves, phase, peak.sample, rule.windowSamples);
    if (winner) return winner;
  }
  if (rule.kind === 'trigger' && own) {
    const reason = narrowOrJoined(situation, curves, own, peak, rule);
    if (reason) return reason;
  }
  const nearest = picks.toSorted(
    (a, b) => Math.abs(a.sample - peak.sample) - Math.abs(b.sample - peak.sample),
  )[0];
  if (nearest && rule.kind !== 'trigger') {
    const distance = Math.abs(nearest.sample - peak.sample) / curves.sampleRateHz;
    const least = rule.minimumDistanceSamples / curves.sampleRateHz;
    if (distance <= least) {
      const text = `The peak of ${number(peak.value)} is ${seconds(distance)} from a higher one of ${number(nearest.probability)}, which was picked; picks have to be ${seconds(least)} apart.`;
      return { kind: 'higher-peak-near', text };
    }
  }
  if (rule.kind === 'detection-gated') {
    const limit = settings.thresholds['Detection'];
    const detection = curves.byLabel['Detection'];
    const best = detection && highestNear(detection, curves);
    const text = `${phase} reaches ${number(peak.value)}, but it is in no detection: ${
      limit === undefined
        ? 'the run has no threshold for detections'
        : `Detection is ${best ? apart(best.value, limit) : `below the threshold ${number(limit)}`} here`
    }.`;
    return { kind: 'no-detection', text };
  }
  const text = `The probability of ${phase} reaches ${number(peak.value)} on the flank of a peak that lies farther away than ${SEARCH_S} s.`;
  return { kind: 'higher-peak-near', text };
}

function dominating(
  curves: NonNullable<Situation['curves']>,
  phase: string,
  sample: number,
  windowSamples: number,
): Reason | undefined {
  if (isDominant(curves.byLabel, phase, sample, windowSamples)) return undefined;
  const from = Math.round(sample - windowSamples / 2);
  const mean = (curve: SparseCurve): number => {
    const values = valuesBetween(curve, from, from + windowSamples);
    return values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0) / windowSamples; // prettier-ignore
  };
  const means = Object.entries(curves.byLabel).map(
    ([label, curve]) => [label, mean(curve)] as const,
  );
  const own = means.find(([label]) => label === phase)?.[1] ?? 0;
  const winner = means.reduce((a, b) => (b[1] > a[1] ? b : a));
  const text = `${winner[0]} dominates: its mean over ${windowSamples} samples is ${number(winner[1])}, that of ${phase} ${number(own)}.`;
  return { kind: 'other-phase', text };
}

function narrowOrJoined(
  { phase, settings }: Situation,
  curves: NonNullable<Situation['curves']>,
  own: SparseCurve,
  peak: Peak,
  rule: Extract<PickRule, { kind: 'trigger' }>,
): Reason | undefined {
  const threshold = settings.thresholds[phase] ?? 1;
  const convention = rule.convention === 'trigger_onset' ? 'exceeded' : 'reached';
  const runs = findRuns(own, threshold, offLevel(rule.off, threshold), convention);
  const run = runs.find(({ first, last }) => first <= peak.sample && peak.sample <= last);
  if (!run) return undefined;
  const width = run.last - run.first + 1;
  if (width < rule.minimumWidthSamples) {
    const text = `The probability of ${phase} is above the threshold for ${width} samples; the rule wants ${rule.minimumWidthSamples}.`;
    return { kind: 'too-narrow', text };
  }
  const away = (run.peak - peak.sample) / curves.sampleRateHz;
  const text = `The peak of ${number(peak.value)} is in one span with a higher one ${offset(away)} of it; a span gives one pick.`;
  return { kind: 'higher-peak-near', text };
}

/** A phase that is likelier here than the one asked for. */
function otherPhases(
  { phase, settings }: Situation,
  curves: NonNullable<Situation['curves']>,
  own: number,
): Reason[] {
  return Object.entries(curves.byLabel).flatMap(([label, curve]): Reason[] => {
    if (label === phase || label === 'N' || label === 'Detection') return [];
    const peak = highestNear(curve, curves);
    if (!peak || peak.value <= own) return [];
    const limit = settings.thresholds[label];
    const side =
      limit === undefined
        ? ''
        : peak.value >= limit
          ? `, above its threshold ${number(limit)}`
          : `, below its threshold ${number(limit)} too`;
    return [{ kind: 'other-phase', text: `${label} is likelier here: ${number(peak.value)}${side}.` }]; // prettier-ignore
  });
}

/** What makes the answer less sure, whatever it is. */
function remarks(situation: Situation): Reason[] {
  const { components, data, settings, notes, skipped } = situation;
  const reasons: Reason[] = [];
  const present = data.filter(({ span }) => span !== undefined);
  const absent = components.filter((name) => !present.some(({ component }) => component === name));
  if (absent.length > 0 && present.length > 0 && !settings.strict) {
    const stand = settings.absentAs === 'vertical' ? 'a copy of the vertical' : 'zeros';
    const text = `${listed(absent)} ${absent.length === 1 ? 'is' : 'are'} missing here and fed as ${stand}; the network is less sure without.`;
    reasons.push({ kind: 'component-missing', text });
  }
  const span = commonSpan(situation);
  const windowS = situation.windowSamples / situation.modelRateHz;
  const edge = span && Math.min(-span.fromS, span.toS);
  if (edge !== undefined && edge >= 0 && edge < Math.min(2, windowS / 10)) {
    const text = `It is ${seconds(edge)} from the edge of the data, where the network sees little of the onset.`;
    reasons.push({ kind: 'edge', text });
  }
  reasons.push(...spotReasons(situation));
  const said = new Set(reasons.map(({ text }) => text));
  for (const note of [...notes, ...skipped]) {
    const text = `Of this station the run notes: ${note}.`;
    if (!said.has(text)) reasons.push({ kind: 'note', text });
    said.add(text);
  }
  return reasons;
}

function highestNear(
  curve: SparseCurve,
  { sample, sampleRateHz }: { sample: number; sampleRateHz: number },
): Peak | undefined {
  const reach = Math.max(1, SEARCH_S * sampleRateHz);
  const from = Math.max(0, Math.ceil(sample - reach));
  const values = valuesBetween(curve, from, Math.floor(sample + reach) + 1);
  let best: Peak | undefined;
  values.forEach((value, i) => {
    if (!Number.isNaN(value) && (best === undefined || value > best.value)) {
      best = { sample: from + i, value };
    }
  });
  return best;
}

function within(
  at: number,
  { sample, sampleRateHz }: { sample: number; sampleRateHz: number },
): boolean {
  return Math.abs(at - sample) <= Math.max(1, SEARCH_S * sampleRateHz);
}

/** `0.27, below the threshold 0.30`; with more digits where two do not tell them apart. */
function apart(value: number, threshold: number): string {
  const digits = [2, 3, 4, 6].find((n) => value.toFixed(n) !== threshold.toFixed(n)) ?? 6;
  const side = value < threshold ? 'below' : 'above';
  return `${value.toFixed(digits)}, ${side} the threshold ${threshold.toFixed(digits)}`;
}

function number(value: number): string {
  return value > 0.995 && value < 1 ? value.toFixed(4) : value.toFixed(2);
}

function seconds(value: number): string {
  return `${Number(value.toPrecision(value < 10 ? 2 : 3))} s`;
}

function offset(s: number): string {
  if (Math.abs(s) < 0.005) return 'here';
  return `${Math.abs(s).toFixed(2)} s ${s < 0 ? 'before' : 'after'}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
