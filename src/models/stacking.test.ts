import { expect, test } from 'vitest';
import {
  denseCurve,
  pieceFrom,
  pieceTo,
  type SparseCurve,
  valuesBetween,
} from './pickRules/sparseCurve.ts';
import { type ChunkShare, CurveAssembly, wantedShare } from './stacking.ts';
import { WantedAssembly } from './wantedAssembly.ts';
import { chunkSpan, type Windowing, windowChunks } from './windowing.ts';

const LEVEL = 0.1;

const windowing = (stacking: 'avg' | 'max'): Windowing => ({
  stretchSamples: 1043,
  windowSamples: 30,
  hopSamples: 12,
  blindingSamples: [0, 0],
  keepEnds: true,
  stacking,
  answers: 'samples',
});

/** Mostly low, in places high for one sample or several, a hole here and there. */
function answers(count: number, seed: number): Float32Array {
  let state = seed;
  let high = 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    const draw = state / 2 ** 31;
    if (draw > 0.97) high = 1 + (Math.floor(draw * 1000) % 7);
    high -= 1;
    if (draw < 0.01) return NaN;
    return high >= 0 ? draw : 0.01 * draw;
  });
}

/** What a curve holds, where another one is known. */
function known(curve: SparseCurve, at: SparseCurve = curve): [number, number][] {
  const values = valuesBetween(curve, 0, curve.length);
  return Array.from(at.from).flatMap((_, k) =>
    Array.from({ length: pieceTo(at, k) - pieceFrom(at, k) }, (__, i): [number, number] => {
      const sample = pieceFrom(at, k) + i;
      return [sample, values[sample]!];
    }),
  );
}

test.each(['avg', 'max'] as const)(
  'a curve of what is wanted is the whole one wherever it reaches the level, and beside it (%s)',
  (stacking) => {
    const how = windowing(stacking);
    const chunks = windowChunks(how, 8);
    const whole = new CurveAssembly(how, chunks, 1);
    const wanted = new CurveAssembly(how, chunks, 1);
    const sparse = new WantedAssembly(how, chunks, 1);
    let sent = 0;
    for (const [k, chunk] of [...chunks.entries()].reverse()) {
      const { from, to } = chunkSpan(how, chunk);
      const share: ChunkShare = { values: answers(to - from, k + 1), missing: undefined };
      const part = wantedShare(share, how.windowSamples, LEVEL);
      sent += part.values.length;
      whole.add(k, [share]);
      wanted.add(k, [part]);
      sparse.add(k, [part]);
    }
    const [expected] = whole.finish();
    const [curve] = wanted.finish();
    expect(known(sparse.finish()[0]!)).toEqual(known(denseCurve(curve!), sparse.finish()[0]!));
    expect(sent).toBeLessThan(0.9 * expected!.length);
    expected!.forEach((value, i) => {
      const beside = [expected![i - 1], value, expected![i + 1]];
      if (beside.some((each) => each! >= LEVEL)) expect(curve![i]).toBe(value);
      else expect(curve![i]! >= LEVEL).toBe(false);
    });
  },
);

test('what has missing answers, or is not longer than its ends, is sent whole', () => {
  const values = new Float32Array(60).fill(0.01);
  const short: ChunkShare = { values, missing: undefined };
  expect(wantedShare(short, 30, LEVEL)).toBe(short);
  const holed: ChunkShare = { values, missing: new Float32Array(60) };
  expect(wantedShare(holed, 5, LEVEL)).toBe(holed);
});

test('answers that are missing make the whole curve', () => {
  const how = windowing('avg');
  const chunks = windowChunks(how, 8);
  const [whole, wanted] = [new CurveAssembly(how, chunks, 1), new WantedAssembly(how, chunks, 1)];
  chunks.forEach((chunk, k) => {
    const { from, to } = chunkSpan(how, chunk);
    const missing = k === 2 ? new Float32Array(to - from).fill(1, 40, 50) : undefined;
    const share: ChunkShare = { values: new Float32Array(to - from).fill(0.3), missing };
    whole.add(k, [share]);
    wanted.add(k, [wantedShare(share, how.windowSamples, LEVEL)]);
  });
  expect(wanted.finish()[0]!.values).toEqual(whole.finish()[0]);
});
