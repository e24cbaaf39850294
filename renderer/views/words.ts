// Numbers and times as the page writes them. UTC; true minus; probabilities without their zero.

import { type EpochNs, epochNs, formatIso } from '../../src/base/time.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import { fitErrors, type PickFit } from '../../src/domain/event/pickFit.ts';

/** Decimals of a second that a sampling rate justifies: never more than half a sample. */
export function decimalsFor(sampleRateHz: number): number {
  if (!(sampleRateHz > 0)) return 2;
  return Math.min(6, Math.max(0, Math.ceil(Math.log10(sampleRateHz) - 1e-9)));
}

/** `02:21:17.40`, rounded: 17.38 with one decimal is 17.4. */
export function clock(time: EpochNs, decimals = 2): string {
  const half = 5n * 10n ** BigInt(8 - decimals);
  return formatIso(epochNs(time + half), decimals, ' ', '').slice(11);
}

/** `2023-10-09 02:21:17.40` */
export function dateTime(time: EpochNs, decimals = 2): string {
  return formatIso(time, decimals, ' ', '');
}

/** `2023-10-09` */
export function date(time: EpochNs): string {
  return formatIso(time, 0).slice(0, 10);
}

/** `.71`; `.998` near one; `1.0` for one; empty when there is none. */
export function probability(value: number | undefined): string {
  if (value === undefined) return '';
  const text = value.toFixed(value > 0.995 && value < 0.9995 ? 3 : 2);
  return text.startsWith('0') ? text.slice(1) : text;
}

/** `−0.04` with a true minus. */
export function signed(value: number, decimals = 2): string {
  const text = Math.abs(value).toFixed(decimals);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** A signal-to-noise ratio: `21`, `3.4`. */
export function ratio(value: number): string {
  return value < 9.95 ? value.toFixed(1) : count(Math.round(value));
}

/** `−0.04 / +0.09 s`, `±0.05 s`, `not set`. */
export function uncertainty(lowerS: number | undefined, upperS: number | undefined): string {
  if (lowerS === undefined && upperS === undefined) return 'not set';
  const decimals = Math.min(lowerS ?? 1, upperS ?? 1) < 0.0095 ? 3 : 2;
  const [lower, upper] = [lowerS, upperS].map((s) => s?.toFixed(decimals) ?? '–');
  return lower === upper ? `±${lower} s` : `−${lower} / +${upper} s`;
}

/** `+3.1 ± 0.4 ms, sigma 41.2 ms`: a normal curve fitted to the probability, less the pick. */
export function fitWords(fit: PickFit): string {
  const milliseconds = (seconds: number) => (1000 * seconds).toFixed(1).replace('-', '−');
  const plus = fit.meanS < 0 ? '' : '+';
  const mean = `${plus}${milliseconds(fit.meanS)} ± ${milliseconds(fitErrors(fit).meanS)} ms`;
  return `${mean}, sigma ${milliseconds(fit.sigmaS)} ms`;
}

/** All parameters of a fit, for a tooltip. */
export function fitDetail(fit: PickFit): string {
  const errors = fitErrors(fit);
  return [
    `scale ${fit.scale.toFixed(4)} ± ${errors.scale.toFixed(4)}`,
    `mean ${fit.meanS.toFixed(5)} ± ${errors.meanS.toFixed(5)} s after the pick`,
    `sigma ${fit.sigmaS.toFixed(5)} ± ${errors.sigmaS.toFixed(5)} s`,
    `${fit.samples} samples, residual ${fit.residualL2.toFixed(4)}`,
    `covariance, unscaled: ${fit.covariance.map((value) => value.toExponential(2)).join(', ')}`,
  ].join('\n');
}

/** `3 min 12 s`, `2 h 5 min`, `1 d 3 h`, `0.4 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  const s = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(s / 86_400), 'd'],
    [Math.floor(s / 3600) % 24, 'h'],
    [Math.floor(s / 60) % 60, 'min'],
    [s % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

/** `8 s left`: whole seconds, since it is an expectation. */
export function timeLeft(seconds: number): string {
  return `${duration(Math.max(1, Math.round(seconds)))} left`;
}

/** `1 204` with a thin space. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
}

/** `1 pick`, `2 picks`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const power = Math.min(3, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toPrecision(3)} ${['kB', 'MB', 'GB'][power - 1]}`;
}

/** What made a machine's pick less sure: components that were absent, records that were resampled. */
export function pickWarnings(pick: Pick): string[] {
  return pick.method.split(', ').filter(isPickWarning);
}

export function isPickWarning(part: string): boolean {
  return / absent$|^resampled from |^gap|^masked|^clipped/.test(part);
}

const DECIDED = {
  confirmed: 'accepted',
  manual: 'changed',
  rejected: 'rejected',
  deferred: 'deferred',
} as const;

/** Whether a person set it, rather than moved what a model or a detector had made. */
function isByHand(pick: Pick): boolean {
  return pick.state === 'manual' && pick.runId === undefined;
}

/** What was decided; the author of a pick that was only accepted, rejected or deferred is who picked it, not who decided. */
function decidedSentence(pick: Pick, state: keyof typeof DECIDED): string {
  const who = pick.author || 'someone';
  if (isByHand(pick)) return `picked by ${who}`;
  return state === 'manual' ? `changed by ${who}` : `${DECIDED[state]}, picked by ${who}`;
}

/** Why a pick stands in the queue, short, and the threshold it is compared with. */
export function reason(pick: Pick, threshold: number | undefined): string {
  if (isByHand(pick)) return 'manual';
  if (pick.state !== 'automatic') return DECIDED[pick.state];
  if (pick.probability === undefined || threshold === undefined) return '';
  const margin = pick.probability - threshold;
  return Math.abs(margin) <= 0.1 ? `near ${probability(threshold)}` : 'clear';
}

const SHORT: Readonly<Record<string, string>> = {
  accepted: 'acc.',
  changed: 'chg.',
  manual: 'man.',
  rejected: 'rej.',
  deferred: 'def.',
};

/** The reason in a narrow column: fixed short words, never dots in the middle of one. */
export function shortReason(pick: Pick, threshold: number | undefined): string {
  const word = reason(pick, threshold).split(' ')[0] ?? '';
  return SHORT[word] ?? word;
}

/** The same as one sentence, for the current row. */
export function reasonSentence(pick: Pick, threshold: number | undefined): string {
  if (pick.state !== 'automatic') return decidedSentence(pick, pick.state);
  if (pick.probability === undefined || threshold === undefined) {
    return pick.method ? `by ${pick.method}` : 'no probability is known';
  }
  const margin = pick.probability - threshold;
  const side = margin < 0 ? 'below' : 'above';
  const beware = pickWarnings(pick).map((warning) => `; ${warning}`);
  return `${probability(Math.abs(margin))} ${side} the threshold ${probability(threshold)}${beware.join('')}`;
}

/** `iP ▲`: onset, phase and polarity as a flag shows them. */
export function pickLabel(pick: Pick): string {
  const onset = { impulsive: 'i', emergent: 'e', questionable: '?' };
  const polarity = { up: ' ▲', down: ' ▼', undecidable: ' ×' };
  return `${pick.onset ? onset[pick.onset] : ''}${pick.phase}${pick.polarity ? polarity[pick.polarity] : ''}`;
}
