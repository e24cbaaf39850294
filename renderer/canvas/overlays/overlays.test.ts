import { describe, expect, test } from 'vitest';
import { addSeconds, epochNs, parseTime } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { paintTimeAxis } from '../axes/paintAxis.ts';
import { type Drawn, recordingPen } from '../recordingContext.ts';
import { handleSpan, overviewLayout, paintOverview } from './overview.ts';
import { type DrawnPick, paintPicks, paintPickLine, pickAt } from './picks.ts';
import { curvePoints } from './probability.ts';
import { paintRowMarks } from './rowMarks.ts';

const START = parseTime('2023-10-09T02:21:04');
const at = (seconds: number) => addSeconds(START, seconds);
const WINDOW: TimeWindow = { startNs: START, endNs: at(100) };
const texts = (drawn: readonly Drawn[]): (string | undefined)[] =>
  drawn.filter((one) => one.kind === 'text').map((one) => one.text);

function pick(xPx: number, change: Partial<DrawnPick> = {}): DrawnPick {
  return { id: 1, xPx, phase: 'P', state: 'automatic', onset: undefined, polarity: undefined, probability: 0.71, selected: false, hovered: false, dragged: false, lowerPx: 0, upperPx: 0, ...change }; // prettier-ignore
}

describe('a pick line tells its state', () => {
  const lineOf = (change: Partial<DrawnPick>): Drawn[] => {
    const { pen, drawn } = recordingPen();
    paintPickLine(pen, pick(100, change), 0, 70);
    return drawn;
  };

  test('automatic and deferred are dashed, confirmed solid, manual two pixels', () => {
    expect(lineOf({ state: 'automatic' })).toHaveLength(10);
    expect(lineOf({ state: 'deferred' })).toHaveLength(10);
    expect(lineOf({ state: 'confirmed' }).map((one) => one.box)).toEqual([[100, 0, 1, 70]]);
    expect(lineOf({ state: 'manual' }).map((one) => one.box)).toEqual([[99, 0, 2, 70]]);
  });

  test('rejected is grey, others have the hue of their phase', () => {
    expect(lineOf({ state: 'rejected' })[0]?.colour).toBe('state-rejected');
    expect(lineOf({ phase: 'Sn', state: 'confirmed' })[0]?.colour).toBe('phase-s');
    expect(lineOf({ phase: 'Rg', state: 'confirmed' })[0]?.colour).toBe('phase-surface');
  });

  test('selected and hovered have a veil beneath', () => {
    expect(lineOf({ selected: true, state: 'confirmed' })[0]?.box).toEqual([98, 0, 5, 70]);
    expect(lineOf({ hovered: true, state: 'confirmed' })[0]?.box).toEqual([97, 0, 7, 70]);
  });
});

test('uncertainty is a band from lower to upper, with edges only under the hand', () => {
  const lane = { top: 20, bottom: 90, flagTop: 2, flagHeightPx: 16, lanes: 1 } as const;
  const still = recordingPen();
  paintPicks(still.pen, [pick(100, { lowerPx: 4, upperPx: 9, state: 'confirmed' })], lane);
  expect(still.drawn[0]).toEqual({ kind: 'rect', colour: 'phase-p-band', box: [96, 20, 13, 70] });
  const dragged = recordingPen();
  paintPicks(dragged.pen, [pick(100, { lowerPx: 4, upperPx: 9, dragged: true })], lane);
  expect(dragged.drawn.slice(1, 3).map((one) => one.box?.[0])).toEqual([96, 109]);
});

test('a pointer catches a line within 5 px, a flag anywhere on it, the selected pick first', () => {
  const picks = [pick(100, { id: 1 }), pick(104, { id: 2, selected: true })];
  expect(pickAt(picks, [], { xPx: 105, flagLane: undefined })).toBe(2);
  expect(pickAt(picks, [], { xPx: 96, flagLane: undefined })).toBe(1);
  expect(pickAt(picks, [], { xPx: 110, flagLane: undefined })).toBeUndefined();
  const { pen } = recordingPen();
  const lane = { top: 0, bottom: 90, flagTop: 2, flagHeightPx: 16, lanes: 1 } as const;
  const flags = paintPicks(pen, [pick(500)], lane);
  expect(pickAt([pick(500)], flags, { xPx: 470, flagLane: 0 })).toBe(1);
});

describe('a row says what its data are', () => {
  const none = { gaps: [], overlaps: [], edgeZones: [], dataSpan: undefined };
  const box = { window: WINDOW, top: 0, height: 34 };

  test('a gap is hatched with its duration in the middle', () => {
    const { pen, drawn } = recordingPen();
    paintRowMarks(pen, { ...none, gaps: [{ startNs: at(50), endNs: at(59.2) }] }, box);
    expect(drawn.map((one) => one.colour)).toContain('hatch');
    const words = drawn.find((one) => one.kind === 'text');
    expect(words?.text).toBe('gap 9.20 s');
    expect(words?.box?.[0]).toBeCloseTo(546 - (10 * 6) / 2, 0);
  });

  test('a gap too narrow to hatch is a line, one too narrow for words has none', () => {
    const narrow = recordingPen();
    paintRowMarks(narrow.pen, { ...none, gaps: [{ startNs: at(50), endNs: at(50.1) }] }, box);
    expect(narrow.drawn).toMatchObject([{ kind: 'rect', colour: 'data-gap' }]);
    const wordless = recordingPen();
    paintRowMarks(wordless.pen, { ...none, gaps: [{ startNs: at(50), endNs: at(53) }] }, box);
    expect(texts(wordless.drawn)).toEqual([]);
  });

  test('before and after the data it says when they begin and end', () => {
    const { pen, drawn } = recordingPen();
    paintRowMarks(pen, { ...none, dataSpan: { startNs: at(30), endNs: at(60) } }, box);
    expect(texts(drawn)).toEqual(['no data before 02:21:34', 'no data after 02:22:04']);
  });

  test('words stand with the trace, and a row outside its data leaves them to the page', () => {
    const dataSpan = { startNs: at(30), endNs: at(200) };
    const { pen, drawn } = recordingPen();
    paintRowMarks(pen, { ...none, dataSpan }, { ...box, tracePx: 20 });
    expect(texts(drawn)).toEqual(['no data before 02:21:34']);
    expect(drawn.find((one) => one.kind === 'text')?.box?.[1]).toBeLessThanOrEqual(14);
    const outside = recordingPen();
    const late = { startNs: at(130), endNs: at(200) };
    paintRowMarks(outside.pen, { ...none, dataSpan: late }, { ...box, namedElsewhere: true });
    expect(texts(outside.drawn)).toEqual([]);
  });

  test('an edge zone and an overlap are named where there is room', () => {
    const { pen, drawn } = recordingPen();
    const edgeZones = [{ startNs: START, endNs: at(10) }];
    const overlaps = [{ startNs: at(40), endNs: at(60) }];
    paintRowMarks(pen, { ...none, edgeZones, overlaps }, box);
    expect(texts(drawn)).toEqual(['edge 10.0 s', 'overlap 20.0 s']);
  });

  test('a row too low for words draws none', () => {
    const { pen, drawn } = recordingPen();
    const gaps = [{ startNs: at(50), endNs: at(59.2) }];
    paintRowMarks(pen, { ...none, gaps, dataSpan: { startNs: at(30), endNs: at(60) } }, { ...box, height: 5 }); // prettier-ignore
    expect(texts(drawn)).toEqual([]);
  });
});

test('a curve keeps its narrow peak when there are many samples a pixel', () => {
  const values = new Float32Array(100_000);
  values[50_001] = 0.9;
  const part = { kind: 'samples', startNs: START, stepS: 0.001, offset: 0, values } as const;
  const points = curvePoints(part, WINDOW, 1000, (p) => 100 - 100 * p);
  expect(points.length).toBeLessThanOrEqual(2005);
  expect(Math.min(...points.map(([, y]) => y))).toBeCloseTo(10, 4);
});

test('labels of an axis stay inside the plot and apart', () => {
  for (let widthPx = 120; widthPx < 2000; widthPx += 77) {
    const { pen, drawn } = recordingPen(widthPx, 20);
    paintTimeAxis(pen, WINDOW, { top: 0 });
    const boxes = drawn.flatMap((one) => (one.kind === 'text' && one.box ? [one.box] : []));
    boxes.forEach(([x, , width], i) => {
      expect(x >= 0 && x + width <= widthPx).toBe(true);
      const before = boxes[i - 1];
      if (before) expect(x).toBeGreaterThanOrEqual(before[0] + before[2] + 8);
    });
  }
});

describe('the overview', () => {
  const facts = {
    span: { startNs: START, endNs: at(86_400) },
    lanes: [{ label: 'UW.HANS', spans: [{ startNs: START, endNs: at(43_200) }] }],
    density: undefined,
    eventTimes: [at(21_600)],
    window: { startNs: at(3600), endNs: at(3660) },
  };

  test('has a handle of at least 9 px around a short window', () => {
    const [left, right] = handleSpan(facts, 1440);
    expect(right - left).toBeCloseTo(9, 6);
    expect((left + right) / 2).toBeCloseTo(60.5, 6);
  });

  test('draws data where there are some, an event where it lies', () => {
    const { pen, drawn } = recordingPen(1440, 90);
    paintOverview(pen, facts);
    expect(drawn[0]).toEqual({ kind: 'rect', colour: 'n-7', box: [0, 4, 720, 2] });
    expect(drawn.filter((one) => one.kind === 'fill')).toHaveLength(1);
  });

  test('the bar of what is reviewed grows where every pick of a bin is', () => {
    const counts = (...of: number[]): Uint32Array => Uint32Array.from(of);
    const density = { window: facts.span, binCount: 4, p: counts(2, 0, 1, 3), s: counts(0, 0, 1, 0), pReviewed: counts(2, 0, 1, 3), sReviewed: counts(0, 0, 0, 0) }; // prettier-ignore
    const { pen, drawn } = recordingPen(400, 90);
    paintOverview(pen, { ...facts, density });
    const bars = drawn.filter((one) => one.colour === 'text-2').map((one) => one.box?.[0]);
    expect(bars).toEqual([0, 100, 300]);
  });

  test('lanes of many stations still fit above the picks', () => {
    for (const [height, count] of [[90, 5], [68, 5], [90, 40], [68, 300]] as const) {
      const layout = overviewLayout(height, count);
      expect(layout.dataTop).toBeLessThan(layout.picksMiddle - layout.picksHalf);
      expect(layout.axisTop).toBeGreaterThan(layout.picksMiddle + layout.picksHalf);
    } // prettier-ignore
  });

  test('a span without length draws nothing', () => {
    const { pen, drawn } = recordingPen();
    paintOverview(pen, { ...facts, span: { startNs: epochNs(0n), endNs: epochNs(0n) } });
    expect(drawn).toEqual([]);
  });
});
