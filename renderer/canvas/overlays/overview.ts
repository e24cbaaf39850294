import type { PickDensity } from '../../../src/contract/messages/catalog.ts';
import type { EpochNs } from '../../../src/base/time.ts';
import { durationS, type TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { paintTimeAxis } from '../axes/paintAxis.ts';
import { withAlpha } from '../palette.ts';
import type { Pen } from '../pen.ts';

// The whole project on one strip: what data there are, where picks are dense, events, what has been reviewed.

export interface AvailabilityLane {
  readonly label: string;
  readonly spans: readonly TimeWindow[];
}

export interface OverviewFacts {
  readonly span: TimeWindow;
  readonly lanes: readonly AvailabilityLane[];
  readonly density: PickDensity | undefined;
  readonly eventTimes: readonly EpochNs[];
  readonly window: TimeWindow;
}

export interface OverviewLayout {
  readonly dataTop: number;
  readonly lanePx: number;
  readonly laneGapPx: number;
  readonly picksMiddle: number;
  readonly picksHalf: number;
  /** Undefined in a low strip: events are lines there. */
  readonly eventMiddle: number | undefined;
  readonly axisTop: number;
}

/** Lanes by height: at 68 px events become lines. */
export function overviewLayout(heightPx: number, laneCount: number): OverviewLayout {
  const low = heightPx < 80;
  const dataHeight = low ? 10 : 15;
  const lanePx = Math.max(
    1,
    Math.min(low ? 1 : 2, Math.floor(dataHeight / Math.max(1, laneCount))),
  );
  const laneGapPx = laneCount * (lanePx + 1) <= dataHeight ? 1 : 0;
  return {
    dataTop: low ? 5 : 4,
    lanePx,
    laneGapPx,
    picksMiddle: low ? 28 : 35,
    picksHalf: low ? 10 : 13,
    eventMiddle: low ? undefined : 57,
    axisTop: heightPx - (low ? 17 : 18),
  };
}

function overviewX(facts: OverviewFacts, widthPx: number, time: EpochNs): number {
  const { startNs, endNs } = facts.span;
  return (Number(time - startNs) / Number(endNs - startNs)) * widthPx;
}

const LEAST_HANDLE_PX = 9;

/** Left and right of the window's handle, at least 9 px apart. */
export function handleSpan(facts: OverviewFacts, widthPx: number): [number, number] {
  const left = overviewX(facts, widthPx, facts.window.startNs);
  const right = overviewX(facts, widthPx, facts.window.endNs);
  const widen = Math.max(0, (LEAST_HANDLE_PX - (right - left)) / 2);
  return [left - widen, right + widen];
}

export function paintOverview(pen: Pen, facts: OverviewFacts): void {
  const layout = overviewLayout(pen.heightPx, facts.lanes.length);
  if (durationS(facts.span) <= 0) return;
  paintAvailability(pen, facts, layout);
  if (facts.density) paintDensity(pen, facts.density, facts, layout);
  paintEvents(pen, facts, layout);
  paintReviewed(pen, facts.density, facts, layout);
  paintTimeAxis(pen, facts.span, { top: layout.axisTop + 1, minLabelPx: 76 });
  const [left, right] = handleSpan(facts, pen.widthPx);
  const wide = right - left > pen.widthPx / 4;
  const { ink } = pen.palette;
  pen.rect(left, 1, right - left, layout.axisTop - 1, withAlpha(ink, wide ? 0.05 : 0.16));
  pen.outline(left, 1, right - left, layout.axisTop - 1, ink);
}

function paintAvailability(pen: Pen, facts: OverviewFacts, layout: OverviewLayout): void {
  const pitch = layout.lanePx + layout.laneGapPx;
  const most = Math.floor((layout.picksMiddle - layout.picksHalf - layout.dataTop) / pitch);
  facts.lanes.slice(0, most).forEach((lane, i) => {
    const top = layout.dataTop + i * pitch;
    for (const { startNs, endNs } of lane.spans) {
      const left = overviewX(facts, pen.widthPx, startNs);
      const right = overviewX(facts, pen.widthPx, endNs);
      pen.rect(left, top, Math.max(1, right - left), layout.lanePx, pen.palette['n-7']);
    }
  });
}

/** P up, S down; the reviewed share bright, the rest pale. */
function paintDensity(
  pen: Pen,
  density: PickDensity,
  facts: OverviewFacts,
  { picksMiddle, picksHalf }: OverviewLayout,
): void {
  pen.horizontal(0, pen.widthPx, picksMiddle, pen.palette.border);
  let most = 1;
  for (let i = 0; i < density.binCount; i++) {
    most = Math.max(most, density.p[i] ?? 0, density.s[i] ?? 0);
  }
  const left = overviewX(facts, pen.widthPx, density.window.startNs);
  const right = overviewX(facts, pen.widthPx, density.window.endNs);
  const pitch = (right - left) / density.binCount;
  const height = (count: number): number => (count === 0 ? 0 : Math.max(1, Math.sqrt(count / most) * picksHalf)); // prettier-ignore
  const column = (x: number, count: number, done: number, up: boolean, colour: string): void => {
    const full = height(count);
    const bright = count === 0 ? 0 : full * (done / count);
    const width = Math.max(1, pitch - 1);
    const at = (length: number): number => (up ? picksMiddle - length : picksMiddle + 1);
    if (full > bright) pen.rect(x, at(full), width, full, withAlpha(colour, 0.55));
    if (bright > 0) pen.rect(x, at(bright), width, bright, colour);
  };
  for (let i = 0; i < density.binCount; i++) {
    const x = left + i * pitch;
    column(x, density.p[i] ?? 0, density.pReviewed[i] ?? 0, true, pen.palette['phase-p']);
    column(x, density.s[i] ?? 0, density.sReviewed[i] ?? 0, false, pen.palette['phase-s']);
  }
}

function paintEvents(pen: Pen, facts: OverviewFacts, layout: OverviewLayout): void {
  const { context, palette } = pen;
  const middle = layout.eventMiddle ?? layout.picksMiddle;
  for (const time of facts.eventTimes) {
    const x = overviewX(facts, pen.widthPx, time);
    const radius = 3.5;
    if (layout.eventMiddle === undefined) {
      pen.vertical(x, layout.dataTop, layout.axisTop - 2, palette.event);
    }
    context.fillStyle = palette.event;
    context.beginPath();
    context.moveTo(x, middle - radius);
    context.lineTo(x + radius, middle);
    context.lineTo(x, middle + radius);
    context.lineTo(x - radius, middle);
    context.fill();
  }
}

/** A bar in ink over every stretch whose picks have all been looked at. */
function paintReviewed(
  pen: Pen,
  density: PickDensity | undefined,
  facts: OverviewFacts,
  { axisTop }: OverviewLayout,
): void {
  pen.horizontal(0, pen.widthPx, axisTop - 1, pen.palette.border);
  if (!density) return;
  const left = overviewX(facts, pen.widthPx, density.window.startNs);
  const right = overviewX(facts, pen.widthPx, density.window.endNs);
  const pitch = (right - left) / density.binCount;
  // A bin without picks is as its neighbour before it: there is nothing to look at in it.
  let isDone = false;
  for (let i = 0; i < density.binCount; i++) {
    const count = (density.p[i] ?? 0) + (density.s[i] ?? 0);
    const done = (density.pReviewed[i] ?? 0) + (density.sReviewed[i] ?? 0);
    if (count > 0) isDone = done >= count;
    if (isDone) pen.rect(left + i * pitch, axisTop - 1, pitch, 2, pen.palette['text-2']);
  }
}
