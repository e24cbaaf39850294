import { describe, expect, test } from 'vitest';
import { epochNs } from '../../../src/base/time.ts';
import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';
import type { TraceFrame } from './frame.ts';
import { FramePainter } from './paintFrame.ts';
import type { Surface } from './surface.ts';

const INK = 0xffffffff;
const WELL = 0xff000000;
const T0 = 1_700_000_000_000_000_000n;

function bins(startS: number, stepS: number, pairs: [number, number][], offset = 0): TracePart {
  const startNs = epochNs(T0 + BigInt(Math.round(startS * 1e9)));
  return { kind: 'bins', startNs, stepS, offset, values: new Float32Array(pairs.flat()) };
}

function samples(startS: number, stepS: number, values: number[], offset = 0): TracePart {
  const startNs = epochNs(T0 + BigInt(Math.round(startS * 1e9)));
  return { kind: 'samples', startNs, stepS, offset, values: new Float32Array(values) };
}

/** A frame of one row where one column is one second. */
function frame(width: number, height: number, change: Partial<TraceFrame> = {}): TraceFrame {
  return {
    width,
    height,
    ratio: 1,
    startNs: epochNs(T0),
    endNs: epochNs(T0 + BigInt(width) * 1_000_000_000n),
    background: WELL,
    tints: [],
    rows: [{ key: 'a', top: 0, height, pixel: INK, group: 'a' }],
    gain: 1,
    centred: true,
    ...change,
  };
}

function paint(
  of: TraceFrame,
  parts: Record<string, TracePart[]>,
): { picture: string[]; peaks: number[] } {
  const pixels = new Uint32Array(of.width * of.height);
  const surface: Surface = { width: of.width, height: of.height, pixels };
  const peaks = new FramePainter().paint(surface, of, (key) => {
    const own = parts[key];
    return own && { key, parts: own };
  });
  const picture: string[] = [];
  for (let y = 0; y < of.height; y++) {
    let line = '';
    for (let x = 0; x < of.width; x++) {
      const pixel = pixels[y * of.width + x]!;
      line += pixel === WELL ? '.' : pixel === INK ? '#' : '+';
    }
    picture.push(line);
  }
  return { picture, peaks: [...peaks] };
}

describe('bins', () => {
  test('each column spans its minimum to its maximum and touches its neighbour', () => {
    const { picture, peaks } = paint(frame(6, 10), {
      a: [bins(0, 1, [[0, 0], [-4, 4], [2, 2.1], [2, 2.1], [-2, -1.9], [0, 0]])], // prettier-ignore
    });
    expect(peaks).toEqual([4]);
    expect(picture).toEqual([
      '......',
      '.#....',
      '.#....',
      '.####.',
      '.#..#.',
      '##..##',
      '.#..##',
      '.#..##',
      '.#....',
      '.#....',
    ]);
  });

  test('several bins a column keep the largest, and a gap stays empty', () => {
    const { picture } = paint(frame(6, 10), {
      a: [
        bins(
          0,
          0.25,
          Array.from({ length: 8 }, (_, i) => (i === 5 ? [-3, 3] : [0, 0])),
        ),
        bins(
          4,
          0.25,
          Array.from({ length: 8 }, () => [0, 0]),
        ),
      ],
    });
    const columnHeights = Array.from({ length: 6 }, (_, x) =>
      picture.reduce((sum, line) => sum + (line[x] === '#' ? 1 : 0), 0),
    );
    expect(columnHeights).toEqual([1, 9, 0, 0, 1, 1]);
  });

  test('bins coarser than a column fill all the columns that they span', () => {
    const { picture } = paint(frame(6, 10), { a: [bins(0, 3, [[-1, 1], [0, 0]])] }); // prettier-ignore
    expect(picture[1]).toBe('###...');
  });

  test('a part that starts left of the frame is drawn from its middle', () => {
    const { picture } = paint(frame(4, 10), {
      a: [bins(-2, 1, [[9, 9], [9, 9], [-1, 1], [0, 0], [0, 0], [0, 0]])], // prettier-ignore
    });
    expect(picture[1]).toBe('#...');
  });

  test('values that are not numbers leave their columns empty', () => {
    const { picture, peaks } = paint(frame(3, 10), { a: [bins(0, 1, [[NaN, NaN], [-1, 1], [NaN, NaN]])] }); // prettier-ignore
    expect(peaks).toEqual([1]);
    expect(picture[3]).toBe('.#.');
  });
});

describe('samples', () => {
  test('more than three samples a pixel become columns', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const { picture } = paint(frame(4, 10), { a: [samples(0, 0.1, values)] });
    expect(picture[5]).toBe('####');
    expect(picture[2]).toBe('####');
  });

  test('at most three a pixel become a line that meets its samples', () => {
    const { picture, peaks } = paint(frame(12, 11), { a: [samples(0, 2, [0, 1, 0, -1, 0, 1])] });
    expect(peaks).toEqual([1]);
    const highest = picture.findIndex((line) => line.includes('#') || line.includes('+'));
    expect(picture[highest]?.slice(1, 3)).toMatch(/[#+]/);
    const lowest = picture.findLastIndex((line) => /[#+]/.test(line));
    expect(picture[lowest]?.slice(5, 7)).toMatch(/[#+]/);
  });

  test('far apart samples get dots', () => {
    const flat = paint(frame(20, 9), { a: [samples(2, 8, [0, 0, 0])] }).picture;
    expect(flat[3]?.slice(8, 12)).toMatch(/[#+]/);
    expect(flat[3]?.slice(4, 8)).toBe('....');
  });
});

describe('scale', () => {
  const two = (group: (key: string) => string): TraceFrame =>
    frame(4, 20, {
      rows: ['a', 'b'].map((key, i) => ({
        key,
        top: i * 10,
        height: 10,
        pixel: INK,
        group: group(key),
      })),
    });
  const parts = { a: [bins(0, 1, [[-3, 3]])], b: [bins(0, 1, [[-10, 10]])] }; // prettier-ignore
  const heights = (picture: string[]): number[] =>
    [0, 10].map(
      (top) => picture.slice(top, top + 10).filter((line) => line.startsWith('#')).length,
    );

  test('a row of its own fills its height, rows of a group share the largest', () => {
    expect(
      heights(
        paint(
          two((key) => key),
          parts,
        ).picture,
      ),
    ).toEqual([9, 9]);
    expect(
      heights(
        paint(
          two(() => 'all'),
          parts,
        ).picture,
      ),
    ).toEqual([3, 9]);
  });

  test('gain enlarges but never leaves the row', () => {
    const picture = paint({ ...two(() => 'all'), gain: 100 }, parts).picture;
    expect(heights(picture)).toEqual([10, 10]);
  });

  test('without demeaning the middle of what is seen is the middle of the row', () => {
    const { picture } = paint(frame(2, 11, { centred: false }), { a: [bins(0, 1, [[100, 102], [101, 101]])] }); // prettier-ignore
    expect(picture[5]).toBe('##');
  });

  test('parts with different offsets are drawn on one scale', () => {
    const { picture, peaks } = paint(frame(2, 11, { centred: false }), {
      a: [bins(0, 1, [[0, 0]], 1000), bins(1, 1, [[0, 0]], 1010)], // prettier-ignore
    });
    expect(peaks).toEqual([5]);
    expect(picture.findIndex((line) => line.startsWith('#'))).toBeGreaterThan(
      picture.findIndex((line) => line.endsWith('#')),
    );
  });

  test('only what is in view decides the scale', () => {
    const { peaks } = paint(frame(2, 10), { a: [bins(0, 1, [[-1, 1], [-1, 1], [-50, 50]])] }); // prettier-ignore
    expect(peaks).toEqual([1]);
  });
});

test('tints lie under the traces, cut to the picture', () => {
  const { picture } = paint(
    frame(4, 3, { tints: [{ x: -2, y: 1, width: 4, height: 9, pixel: 0xff123456 }] }),
    {},
  );
  expect(picture).toEqual(['....', '++..', '++..']);
});

test('at two device pixels a CSS pixel a flat trace is two pixels thick', () => {
  const { picture } = paint(frame(2, 12, { ratio: 2 }), { a: [bins(0, 1, [[0, 0], [0, 0]])] }); // prettier-ignore
  expect(picture.filter((line) => line === '##')).toHaveLength(2);
});
