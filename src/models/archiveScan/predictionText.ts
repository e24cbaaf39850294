// The list file the archive scan reads and the prediction file it writes.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, formatIso } from '../../base/time.ts';
import type { ScanPick } from './scanPicks.ts';

/** Decimals of a probability unless `--print-precision` says otherwise. */
export const PRINT_PRECISION = 4;

/** Ends a group in the prediction file. */
export const GROUP_END = '-'.repeat(36);

/** File names of each group, one group a line; an empty line is an empty group. */
export function parseArchiveList(text: string): string[][] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.split(/\s+/).filter((name) => name !== ''));
}

/** Begins a group in the prediction file: each name and a blank. */
export function groupStart(fileNames: readonly string[]): string {
  return fileNames.map((name) => `${name} `).join('');
}

/**
 * `STA PHASE PROBABILITY dd.mm.yyyy HH:MM:SS.ffffff`. The probability is cut, not rounded, the time's closing zeros are
 * left out; a whole second ends with its point. Throws `bad-input` for a precision that is no number of decimals.
 */
export function predictionLine(
  station: string,
  { phase, value, timeNs }: Pick<ScanPick, 'phase' | 'value' | 'timeNs'>,
  precision = PRINT_PRECISION,
): string {
  checkPrecision(precision);
  const cut = Math.floor(value * 10 ** precision) / 10 ** precision;
  return `${station} ${phase} ${cut.toFixed(precision)} ${timeText(timeNs)}`;
}

/** Throws `bad-input` for a precision that is no number of decimals. */
export function checkPrecision(precision: number): void {
  if (Number.isInteger(precision) && precision >= 0 && precision <= 17) return;
  throw new AppError(
    'bad-input',
    `--print-precision ${precision} is not usable; give a whole number from 0 to 17`,
  );
}

function timeText(timeNs: EpochNs): string {
  const [date = '', clock = ''] = formatIso(timeNs, 6, ' ', '').split(' ');
  const [year, month, day] = date.split('-');
  return `${day}.${month}.${year} ${clock.replace(/0+$/, '')}`;
}
