import { type EpochNs, epochNs, formatIso } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';

// Ticks of a UTC axis, from nanoseconds to centuries. Steps below a day are spans; a month and a year are
// counted by the calendar, so that a tick stands on the first of each whatever its length.

const US = 1_000n;
const S = 1_000_000_000n;
const MIN = 60n * S;
const HOUR = 60n * MIN;
const DAY = 24n * HOUR;
const MONTH_S = 30.44 * 86_400;
const YEAR_S = 365.25 * 86_400;

/** A step of the axis and the finer one between its ticks. */
export type TickStep =
  | { readonly unit: 'ns'; readonly stepNs: bigint; readonly minorNs: bigint }
  | { readonly unit: 'month'; readonly months: number; readonly minorMonths: number };

export interface Tick {
  readonly time: EpochNs;
  readonly major: boolean;
  /** Empty for minor ticks. */
  readonly label: string;
}

const span = (stepNs: bigint, parts: bigint): TickStep => ({
  unit: 'ns',
  stepNs,
  minorNs: stepNs / parts,
});
const calendar = (months: number, minorMonths: number): TickStep => ({
  unit: 'month',
  months,
  minorMonths,
});

function allSteps(): TickStep[] {
  const steps: TickStep[] = [];
  for (let unit = US / 1000n; unit < S; unit *= 10n) {
    for (const factor of [1n, 2n, 5n]) {
      steps.push(span(factor * unit, unit === 1n ? factor : factor === 2n ? 4n : 5n));
    }
  }
  for (const unit of [S, MIN]) {
    const parts: [bigint, bigint][] = [[1n, unit === S ? 5n : 6n], [2n, 4n], [5n, 5n], [10n, 5n], [15n, 3n], [30n, 3n]]; // prettier-ignore
    for (const [count, minor] of parts) steps.push(span(count * unit, minor));
  }
  for (const [count, minor] of [[1n, 6n], [2n, 4n], [3n, 3n], [6n, 6n], [12n, 4n]] as const) steps.push(span(count * HOUR, minor)); // prettier-ignore
  for (const [count, minor] of [[1n, 4n], [2n, 2n], [5n, 5n], [10n, 5n]] as const) steps.push(span(count * DAY, minor)); // prettier-ignore
  steps.push(calendar(1, 1), calendar(3, 1), calendar(6, 1));
  for (const years of [1, 2, 5, 10, 20, 50, 100]) {
    steps.push(
      calendar(12 * years, years === 1 ? 3 : years % 5 === 0 ? (12 * years) / 5 : 6 * years),
    );
  }
  return steps;
}

const STEPS: readonly TickStep[] = allSteps();

function stepS(step: TickStep): number {
  if (step.unit === 'ns') return Number(step.stepNs) / 1e9;
  return step.months < 12 ? step.months * MONTH_S : (step.months / 12) * YEAR_S;
}

/** The smallest step whose labels lie at least `minLabelPx` apart. */
export function tickStep(secondsPerPx: number, minLabelPx: number): TickStep {
  const found = STEPS.find((step) => stepS(step) >= secondsPerPx * minLabelPx * (1 - 1e-9));
  return found ?? calendar(2400, 1200);
}

function floorTo(time: bigint, stepNs: bigint): bigint {
  const rest = ((time % stepNs) + stepNs) % stepNs;
  return time - rest;
}

/** Months since 1970-01 of a time. */
function monthOf(time: bigint): number {
  const date = new Date(Number(floorTo(time, 1_000_000n) / 1_000_000n));
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function monthStart(month: number): EpochNs {
  return epochNs(BigInt(Date.UTC(1970, month, 1)) * 1_000_000n);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Decimals of a second that a step needs: 0 for whole seconds, 9 for nanoseconds. */
function decimalsOf(stepNs: bigint): number {
  let decimals = 0;
  for (let unit = S; stepNs % unit !== 0n && unit > 1n; unit /= 10n) decimals += 1;
  return decimals;
}

function labelOf(time: EpochNs, step: TickStep): string {
  const text = formatIso(time, 9);
  if (step.unit === 'month') {
    const month = MONTHS[Number(text.slice(5, 7)) - 1] ?? '';
    return step.months % 12 === 0 || month === 'Jan' ? text.slice(0, 4) : month;
  }
  if (step.stepNs >= DAY || (step.stepNs >= MIN && floorTo(time, DAY) === time)) {
    return text.slice(0, 10);
  }
  if (step.stepNs >= MIN) return text.slice(11, 16);
  const decimals = decimalsOf(step.stepNs);
  return text.slice(11, decimals === 0 ? 19 : 20 + decimals);
}

/** Every tick in the window, in order, for an axis `widthPx` wide. Minor ticks only where 6 px or more apart. */
export function timeTicks(window: TimeWindow, widthPx: number, minLabelPx = 84): Tick[] {
  const secondsPerPx = Number(window.endNs - window.startNs) / 1e9 / widthPx;
  if (!(secondsPerPx > 0) || !Number.isFinite(secondsPerPx)) return [];
  const step = tickStep(secondsPerPx, minLabelPx);
  return step.unit === 'ns'
    ? evenTicks(window, step, secondsPerPx)
    : calendarTicks(window, step, secondsPerPx);
}

function evenTicks(
  window: TimeWindow,
  step: TickStep & { unit: 'ns' },
  secondsPerPx: number,
): Tick[] {
  const showsMinor = Number(step.minorNs) / 1e9 >= 6 * secondsPerPx;
  const between = showsMinor ? step.minorNs : step.stepNs;
  const ticks: Tick[] = [];
  const first = floorTo(window.startNs + between - 1n, between);
  for (let ns = first; ns <= window.endNs; ns += between) {
    const time = epochNs(ns);
    const major = floorTo(ns, step.stepNs) === ns;
    ticks.push({ time, major, label: major ? labelOf(time, step) : '' });
  }
  return ticks;
}

function calendarTicks(
  window: TimeWindow,
  step: TickStep & { unit: 'month' },
  secondsPerPx: number,
): Tick[] {
  const showsMinor = step.minorMonths * MONTH_S >= 6 * secondsPerPx;
  const between = showsMinor ? step.minorMonths : step.months;
  const ticks: Tick[] = [];
  // Years count from 0, so that a step of 10 years stands on 1990 and not on 1980 + 10·n of the epoch.
  const origin = 1970 * 12;
  let month = Math.floor((monthOf(window.startNs) + origin) / between) * between - origin;
  for (; monthStart(month) <= window.endNs; month += between) {
    const time = monthStart(month);
    if (time < window.startNs) continue;
    const major = (month + origin) % step.months === 0;
    ticks.push({ time, major, label: major ? labelOf(time, step) : '' });
  }
  return ticks;
}

/** The part that the labels leave out, for the gutter: the date, the year of months, or nothing when the labels hold it. */
export function axisDate(window: TimeWindow, widthPx: number, minLabelPx = 84): string {
  const step = tickStep(Number(window.endNs - window.startNs) / 1e9 / widthPx, minLabelPx);
  if (step.unit === 'month') {
    return step.months < 12 ? formatIso(window.startNs, 0).slice(0, 4) : '';
  }
  return step.stepNs >= DAY ? '' : formatIso(window.startNs, 0).slice(0, 10);
}
