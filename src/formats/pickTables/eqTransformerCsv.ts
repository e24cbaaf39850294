// The table EQTransformer's `mseed_predictor` writes (smousavi05/EQTransformer, `X_prediction_results.csv`).

import { type EpochNs, epochNs, formatIso } from '../../base/time.ts';

/** One pick of an event; the program has no uncertainties when it answers without dropout. */
export interface EqTransformerPick {
  readonly time: EpochNs;
  readonly probability: number | undefined;
  readonly snrDb: number | undefined;
}

/** One event as EQTransformer tells it. */
export interface EqTransformerRow {
  readonly fileName: string;
  readonly network: string;
  readonly station: string;
  /** Band and instrument code: `HH`. */
  readonly instrument: string;
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  readonly probability: number;
  readonly p: EqTransformerPick | undefined;
  readonly s: EqTransformerPick | undefined;
}

const COLUMNS = [
  'file_name',
  'network',
  'station',
  'instrument_type',
  'station_lat',
  'station_lon',
  'station_elv',
  'event_start_time',
  'event_end_time',
  'detection_probability',
  'detection_uncertainty',
  'p_arrival_time',
  'p_probability',
  'p_uncertainty',
  'p_snr',
  's_arrival_time',
  's_probability',
  's_uncertainty',
  's_snr',
];

/**
 * Codes filled up with blanks, times in microseconds without a zone, probabilities with two decimals. Where a station
 * lies is not known here and is left out, as are uncertainties.
 */
export function eqTransformerCsv(rows: readonly EqTransformerRow[]): string {
  const lines = rows.map((row) =>
    [
      quoted(row.fileName),
      row.network.padEnd(2),
      row.station.padEnd(4),
      row.instrument.padEnd(2),
      ...['', '', ''],
      pythonTime(row.startNs),
      pythonTime(row.endNs),
      twoDecimals(row.probability),
      '',
      ...pickColumns(row.p),
      ...pickColumns(row.s),
    ].join(','),
  );
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}

function pickColumns(pick: EqTransformerPick | undefined): string[] {
  if (pick === undefined) return ['', '', '', ''];
  const { time, probability, snrDb } = pick;
  return [
    pythonTime(time),
    probability === undefined ? '' : twoDecimals(probability),
    '',
    snrDb === undefined ? '' : pythonNumber(snrDb),
  ];
}

/** Rounded to microseconds; a whole second has no fraction. */
function pythonTime(time: EpochNs): string {
  const text = formatIso(epochNs(time + 500n), 6, ' ', '');
  return text.replace(/\.000000$/, '');
}

/** First to three, then to two, halves to even, as the program rounds. */
function twoDecimals(value: number): string {
  const thousandths = Math.round(1000 * value);
  const whole = Math.floor(thousandths / 10);
  const rest = thousandths % 10;
  const up = rest > 5 || (rest === 5 && whole % 2 === 1);
  return pythonNumber((whole + (up ? 1 : 0)) / 100);
}

function pythonNumber(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
