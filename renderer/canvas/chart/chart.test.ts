import { describe, expect, test } from 'vitest';
import { chartCsv, chartSvg, type ChartSpec, nearestPoint } from './chart.ts';

const spec: ChartSpec = {
  title: 'Precision & recall',
  x: { words: 'recall', min: 0, max: 1, splits: [0, 0.5, 1], format: String },
  y: { words: 'precision, share', min: 0, max: 1, splits: [0, 1], format: String },
  series: [
    { name: 'P', kind: 'line', x: [0, 0.5, 1], y: [1, null, 0.25], token: '--phase-p' },
    { name: 'was', kind: 'points', x: [0.5], y: [0.5], token: '--ink', open: true },
  ],
  marks: [{ name: 'now', x: 0.25, y: 0.5, token: '--phase-s', open: false, radiusPx: 4.5 }],
};
const look = { widthPx: 268, heightPx: 184, colour: (token: string) => `c(${token})` };

describe('a chart', () => {
  test('as SVG has title, both axes with their words, and every point in its place', () => {
    const svg = chartSvg(spec, look);
    expect(svg).toContain('Precision &amp; recall');
    expect(svg).toContain('>recall</text>');
    expect(svg).toContain('>precision, share</text>');
    // The plot is 200 × 100 px from (52, 28).
    expect(svg).toContain('d="M52.00 28.00L252.00 103.00"');
    expect(svg).toContain('cx="152.00" cy="78.00"');
    expect(svg).toContain('cx="102.00" cy="78.00" r="4.5" fill="c(--phase-s)"');
    expect(svg).toContain('>now</text>');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test('of bars draws them from the foot up', () => {
    const x = { ...spec.x, min: -1, max: 1 };
    const bars = [{ name: 'n', kind: 'bars', x: [-0.5, 0.5], y: [1, 0], token: '--phase-s' }] as const; // prettier-ignore
    const svg = chartSvg({ ...spec, x, series: bars, barWidth: 1 }, look);
    expect(svg).toContain('<rect x="52.50" y="28.00" width="99.00" height="100.00"');
    expect(svg).toContain('height="0.00"');
  });

  test('as CSV has a row a point, empty where there is none, and quotes what has a comma', () => {
    expect(chartCsv(spec)).toBe(
      'series,recall,"precision, share"\nP,0,1\nP,0.5,\nP,1,0.25\nwas,0.5,0.5\nnow,0.25,0.5\n',
    );
  });

  test('knows the point under a hand', () => {
    const toPx = (x: number, y: number) => [100 * x, 100 * y] as const;
    const at = { xPx: 52, yPx: 51, withinPx: 10 };
    expect(nearestPoint(spec, at, toPx)).toEqual({ series: 1, index: 0 });
    expect(nearestPoint(spec, { ...at, yPx: 80 }, toPx)).toBeUndefined();
  });
});
