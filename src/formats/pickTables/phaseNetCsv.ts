// The table PhaseNet's `predict.py` writes (AI4EPS/PhaseNet, `picks.csv`).

import { type EpochNs, formatIso } from '../../base/time.ts';

/** One pick as PhaseNet tells it. */
export interface PhaseNetRow {
  /** NET.STA.LOC plus band and instrument code. */
  readonly stationId: string;
  /** Of the record it was found in; the index counts from it. */
  readonly beginNs: EpochNs;
  readonly index: number;
  readonly time: EpochNs;
  readonly score: number;
  readonly phase: string;
  readonly fileName: string;
  /** In the unit of the record; undefined where there is none. */
  readonly amplitude: number | undefined;
}

const COLUMNS = [
  'station_id',
  'begin_time',
  'phase_index',
  'phase_time',
  'phase_score',
  'phase_type',
  'file_name',
  'phase_amplitude',
];

/** Times in milliseconds without a zone, scores with three decimals, amplitudes as 1.234e+05. */
export function phaseNetCsv(rows: readonly PhaseNetRow[]): string {
  const lines = rows.map((row) =>
    [
      row.stationId,
      formatIso(row.beginNs, 3, 'T', ''),
      String(row.index),
      formatIso(row.time, 3, 'T', ''),
      row.score.toFixed(3),
      row.phase,
      quoted(row.fileName),
      row.amplitude === undefined ? '' : scientific(row.amplitude),
    ].join(','),
  );
  return [COLUMNS.join(','), ...lines, ''].join('\n');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** As Python's `{:.3e}`: at least two digits of exponent. */
function scientific(value: number): string {
  return value.toExponential(3).replace(/e([+-])(\d)$/, 'e$10$2');
}
