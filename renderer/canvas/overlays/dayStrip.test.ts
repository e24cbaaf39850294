import { expect, test } from 'vitest';
import { epochNs } from '../../../src/base/time.ts';
import { candidateTable, limitsOf } from '../../../src/domain/event/candidates.ts';
import { dayColumns, dayPeaks, paintDayColumns } from './dayStrip.ts';
import { countHeights, widerBins } from './peakHistogram.ts';

const table = candidateTable(
  {
    sensorKeys: ['XX.A..HH', 'XX.B..HH'],
    labels: ['P', 'S'],
    timesNs: BigInt64Array.from([0n, 1n, 25n, 39n]),
    sensors: Uint32Array.of(0, 0, 1, 1),
    phases: Uint8Array.of(0, 0, 0, 1),
    probabilities: Float32Array.of(0.5, 1, 0.25, 0.5),
    histograms: undefined,
    lowestThresholds: {},
    warnings: [],
  },
  epochNs(0n),
);

test('a column of pixels holds the highest pick and the highest that is none, P above, S below the line', () => {
  const limits = limitsOf(table, { thresholds: { P: 0.3, S: 0.5 } });
  const columns = dayColumns(dayPeaks(table, { fromNs: 0, toNs: 40, widthPx: 4 }), limits);
  expect([...columns.kept]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5]);
  expect([...columns.below]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0]);
  const ink = { background: 0, up: 1, down: 2, below: 3, middle: 4, between: 5 };
  const pixels = new Uint32Array(4 * 20);
  paintDayColumns(pixels, { width: 4, height: 20 }, columns, ink);
  const down = (x: number) => Array.from({ length: 20 }, (_, y) => pixels[y * 4 + x]);
  expect(down(0)).toEqual([0, 1, 1, 1, 1, 4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
  expect(down(2)).toEqual([0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 5, 0, 0, 0, 3, 4, 0, 0, 0, 0]);
  expect(down(3)).toEqual([0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 4, 2, 2, 0, 0]);
});

test('peaks are counted in wider bins, the highest in the last', () => {
  const counts = new Uint32Array(1001);
  counts[19] = 1;
  counts[20] = 2;
  counts[1000] = 4;
  const wider = widerBins(counts);
  expect([wider.length, wider[0], wider[1], wider[49]]).toEqual([50, 1, 2, 4]);
  expect([...countHeights([0.01, 0.02, 1], 50)].filter((n) => n > 0)).toEqual([1, 1, 1]);
});
