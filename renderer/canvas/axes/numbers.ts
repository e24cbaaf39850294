import { type EpochNs, formatIso } from '../../../src/base/time.ts';

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, ''], [1e-3, 'm'], [1e-6, 'µ'], [1e-9, 'n'], [1e-12, 'p'],
]; // prettier-ignore

/** The unit as it is printed: `M/S` and `m/s**2` become `m/s` and `m/s²`. */
function printedUnit(unit: string): string {
  return unit
    .replace(/^M\/S/i, 'm/s')
    .replace(/\/S/, '/s')
    .replace(/\*\*2|\^2/, '²');
}

function threeFigures(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** Whole counts are written whole. */
function countFigures(value: number): string {
  return Number.isInteger(value) ? value.toString() : threeFigures(value);
}

/** An amplitude with an SI prefix so that 1 ≤ number < 1000, three figures. */
export function formatAmplitude(value: number, unit: string): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (!Number.isFinite(value)) return '';
  const isCounts = unit === '' || /^counts?$/i.test(unit);
  if (isCounts && size < 1000) return `${sign}${size === 0 ? '0' : countFigures(size)} counts`;
  if (size === 0) return `0 ${printedUnit(unit)}`;
  const [factor, prefix] = PREFIXES.find(([least]) => size >= least * 0.9995) ??
    PREFIXES[PREFIXES.length - 1] ?? [1, ''];
  const printed = isCounts ? ' counts' : printedUnit(unit);
  return `${sign}${threeFigures(size / factor)} ${prefix}${printed}`;
}

/** Probability with two decimals and no zero: `.71`, `1.00`; with three near one: `.998`. */
export function formatProbability(probability: number): string {
  return probability.toFixed(probability > 0.995 && probability < 0.9995 ? 3 : 2).replace(/^0/, '');
}

/** A signed duration in seconds with a true minus. */
export function formatSigned(seconds: number, decimals = 2): string {
  const text = Math.abs(seconds).toFixed(decimals);
  const sign = seconds < 0 ? '−' : '+';
  return Number(text) === 0 ? `±${text}` : `${sign}${text}`;
}

/** `9.20 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 1)
    return seconds < 0.1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(1)} s`;
  const units: [number, string][] = [[86_400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']]; // prettier-ignore
  let rest = Math.round(seconds);
  // Two units are enough, the smaller of them rounded.
  const leading = units.findIndex(([length]) => rest >= length);
  const [, finer] = [units[leading], units[leading + 1]];
  if (finer) rest = Math.round(seconds / finer[0]) * finer[0];
  const words: string[] = [];
  for (const [length, name] of units.slice(leading, leading + 2)) {
    const count = Math.floor(rest / length);
    if (count > 0) words.push(`${count} ${name}`);
    rest -= count * length;
  }
  return words.join(' ');
}

/** Decimals of a second worth showing at a sampling rate: half a sample justifies no more. */
export function timeDecimals(sampleRateHz: number): number {
  return Math.max(0, Math.min(9, Math.ceil(Math.log10(Math.max(1, sampleRateHz)) - 1e-9)));
}

/** `02:21:17.40` */
export function formatClock(time: EpochNs, decimals: number): string {
  return formatIso(time, decimals, ' ', '').slice(11);
}

/** `0.04`, or with more figures where the interval is short. */
export function formatBand(lowerS: number | undefined, upperS: number | undefined): string {
  const figures = (s: number): string => s.toFixed(s < 0.01 ? 4 : s < 1 ? 2 : 1);
  if (lowerS === undefined && upperS === undefined) return '';
  if (lowerS !== undefined && upperS !== undefined && figures(lowerS) === figures(upperS)) {
    return `± ${figures(lowerS)} s`;
  }
  return `−${figures(lowerS ?? 0)} / +${figures(upperS ?? 0)} s`;
}
