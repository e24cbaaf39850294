// What `onset tune` writes: a row a set, and the same with all that is known as JSON.

import { canonicalJson } from '../base/canonicalJson.ts';
import type { Score } from '../domain/evaluation/score.ts';
import type { SweepPoint, SweepRow, SweepValue } from '../domain/evaluation/sweep.ts';
import type { SweepGoal, SweepReport, SweepScores } from '../domain/evaluation/sweepReport.ts';
import type { ThresholdSuggestion } from '../domain/evaluation/thresholdCurve.ts';

type Row = SweepRow<SweepScores>;
type Cell = SweepValue | null;

const GOALS: readonly SweepGoal[] = ['all', 'P', 'S'];
const COUNTS = ['reference', 'picks', 'matched', 'missed', 'extra'] as const;
const RATES = ['recall', 'precision', 'f1'] as const;

/** The columns of a table with these parameters. */
export function tableColumns(names: readonly string[]): string[] {
  const scores = GOALS.flatMap((goal) => [
    ...COUNTS.map((name) => `${goal}_${name}`),
    ...RATES.flatMap((name) => [`${goal}_${name}`, `${goal}_${name}_low`, `${goal}_${name}_high`]),
    `${goal}_falsePerHour`,
  ]);
  return [...names, ...scores, 'setHash', 'fromInference', 'front', 'error'];
}

/**
 * CSV as RFC 4180 has it: one line a set in the order in which they were tried; what is no number is an empty field.
 * Intervals are of 95 %; `front` says whether no other set beats it in recall and false picks per hour.
 */
export function tableCsv(report: SweepReport): string {
  const front = new Set(report.front);
  const lines = report.rows.map((row, i) =>
    cellsOf(row, report.names, front.has(report.offset + i))
      .map(csvField)
      .join(','),
  );
  return [tableColumns(report.names).map(csvField).join(','), ...lines, ''].join('\r\n');
}

function cellsOf({ point, result, error }: Row, names: readonly string[], front: boolean): Cell[] {
  const scores = GOALS.flatMap((goal) => scoreCells(result, goal));
  return [
    ...names.map((name) => point[name] ?? null),
    ...scores,
    ...[result?.setHash ?? null, result?.fromInference ?? null, result ? front : null],
    error ?? null,
  ];
}

function scoreCells(result: SweepScores | undefined, goal: SweepGoal): Cell[] {
  const score: Score | undefined = result?.[goal];
  return [
    ...COUNTS.map((name) => score?.[name] ?? null),
    ...RATES.flatMap((name) => {
      const [low, high] = score?.ci[name] ?? [];
      return [score?.[name] ?? null, low ?? null, high ?? null];
    }),
    result?.falsePerHour[goal] ?? null,
  ];
}

function csvField(value: Cell): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What `onset tune --json` prints; see resources/schemas/tune.json. */
export function tuneJson(report: SweepReport, cancelled: boolean) {
  const { runId, goal, names, planned, rows, best, front, suggestions } = report;
  const { suggestedFrom, locked, leakText, warnings } = report;
  return {
    ...{ runId, goal, names, planned, cancelled },
    ...{ best: best ?? null, front },
    rows: rows.map(({ point, result, value, error }) => ({
      ...{ point, value, error: error ?? null },
      ...(result ?? NO_SCORES),
    })),
    suggestions: suggestions.map(suggestionJson),
    ...{ suggestedFrom, locked, leakText: leakText ?? null, warnings },
  };
}

const NO_SCORES = {
  ...{ all: null, P: null, S: null, falsePerHour: null, setHash: null, fromInference: null },
};

function suggestionJson({
  phase,
  station,
  threshold,
  score,
  plausible,
  note,
}: ThresholdSuggestion) {
  return {
    ...{ phase, station: station ?? null, threshold, plausible, note },
    ...{ reference: score.reference, f1: score.f1, ci: score.ci.f1 },
  };
}

/** `P 0.3, stacking avg`. */
export function pointWords(point: SweepPoint): string {
  return Object.entries(point)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : canonicalJson(value)}`)
    .join(', ');
}
