// Scores as tables for people.

import { formatIso } from '../base/time.ts';
import type {
  BinScore,
  Interval,
  LeftOut,
  LeftOutReason,
  Score,
  ScoreReport,
} from '../domain/evaluation/score.ts';
import { textTable } from './table.ts';
import { UsageError } from './usage.ts';

/** The scores as a table, then what was left out. */
export function reportText(report: ScoreReport): string {
  const table = scoreTable(
    '',
    (['all', 'P', 'S'] as const).map((name) => [name, report[name]]),
  );
  const { P, S } = report.tolerance;
  const words = [
    `Tolerance P ${P} s, S ${S} s; intervals of 95 %; residuals are pick − reference in seconds.`,
    ...leftOutText('references', report.leftOut.reference),
    ...leftOutText('picks', report.leftOut.picks),
  ];
  return `${table}${words.map((line) => `${line}\n`).join('')}`;
}

function cells(score: Score): string[] {
  const { reference, picks, matched, missed, extra, ci, residualS } = score;
  const seconds = (value: number | null): string => value?.toFixed(3) ?? '–';
  return [
    ...[reference, picks, matched, missed, extra].map(String),
    rateText(score.recall, ci.recall),
    rateText(score.precision, ci.precision),
    rateText(score.f1, ci.f1),
    ...[residualS.mean, residualS.std, residualS.mad, residualS.median].map(seconds),
    score.note ?? '',
  ];
}

function rateText(value: number | null, interval: Interval | null): string {
  if (value === null) return '–';
  const range = interval ? ` [${interval.map((bound) => bound.toFixed(2)).join(', ')}]` : '';
  return `${value.toFixed(3)}${range}`;
}

const REASONS = {
  rejected: 'rejected by an analyst',
  notReviewed: 'not reviewed yet',
  otherPhase: 'neither P nor S',
  outsideSpan: 'outside the span or the stations of the run',
  outsideData: 'where there are no waveforms',
  unreadable: 'no picks',
} as const satisfies Record<LeftOutReason, string>;
const REASON_NAMES: readonly LeftOutReason[] = [
  ...(['rejected', 'notReviewed', 'otherPhase'] as const),
  ...(['outsideSpan', 'outsideData', 'unreadable'] as const),
];

function leftOutText(what: string, leftOut: LeftOut): string[] {
  const reasons = REASON_NAMES.filter((reason) => leftOut[reason] > 0).map(
    (reason) => `${leftOut[reason]} ${REASONS[reason]}`,
  );
  return reasons.length > 0 ? [`Left out of the ${what}: ${reasons.join(', ')}.`] : [];
}

const COUNTS = ['reference', 'picks', 'matched', 'missed', 'extra'];
const RESIDUALS = ['residual mean', 'std', 'MAD', 'median'];

function scoreTable(name: string, rows: readonly (readonly [string, Score])[]): string {
  const header = [name, ...COUNTS, 'recall', 'precision', 'F1', ...RESIDUALS, 'note'];
  const filled = rows.map(([part, score]) => [part, ...cells(score)]);
  return textTable(header, filled, new Set([...COUNTS, ...RESIDUALS]));
}

const PARTS = ['station', 'hour', 'distance', 'snr'] as const;
export type PartName = (typeof PARTS)[number];

/** Throws `UsageError`. */
export function partName(text: string): PartName {
  const known = PARTS.find((part) => part === text.trim().toLowerCase());
  if (known === undefined) throw new UsageError(`--by is ${PARTS.join(', ')}, not "${text}"`);
  return known;
}

/** The score part by part. */
export function partText(report: ScoreReport, part: PartName): string {
  switch (part) {
    case 'station':
      return scoreTable(
        'station',
        (report.byStation ?? []).map(({ station, score }) => [station, score]),
      );
    case 'hour':
      return scoreTable(
        'hour',
        (report.byHour ?? []).map(({ startNs, score }) => [formatIso(startNs, 0), score]),
      );
    case 'distance':
      return binTable('distance, km', report.byDistance ?? []);
    case 'snr':
      return binTable('SNR', report.bySnr ?? []);
  }
}

function binTable(name: string, bins: readonly BinScore[]): string {
  return scoreTable(
    name,
    bins.map(({ from, to, score }) => [binText(from, to), score]),
  );
}

/** `10–25`, `below 10`, `from 400`, `unknown`. */
function binText(from: number | null, to: number | null): string {
  if (from === null) return to === null ? 'unknown' : `below ${to}`;
  return to === null ? `from ${from}` : `${from}–${to}`;
}
