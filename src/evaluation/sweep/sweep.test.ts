import { describe, expect, test } from 'vitest';
import { AppError } from '../../base/appError.ts';
import { parseSweep, type SweepPoint } from '../../domain/evaluation/sweep.ts';
import { runSweep } from './runSweep.ts';

const range = { from: 0, to: 1, step: 0.02 };
/** One hill, aslant, with a best at p = 0.34, s = 0.62, rule b. */
const hill = ({ p, s, rule }: SweepPoint) => {
  const [x, y] = [Number(p) - 0.34, Number(s) - 0.62];
  return 1 - x * x - y * y - 0.4 * x * y - (rule === 'b' ? 0 : 0.1);
};
const evaluate = async (point: SweepPoint) => ({ result: hill(point), value: hill(point) });
const space = { p: range, s: range, rule: ['a', 'b', 'c'] };

describe('sweep.json', () => {
  test('writes ranges out, ends included, as they would be written', () => {
    const sweep = parseSweep({
      ...{ method: 'random', n: 5, parameters: { a: { from: 0.1, to: 0.35, step: 0.1 } } },
    });
    expect(sweep).toEqual({ method: 'random', n: 5, seed: 1, parameters: { a: [0.1, 0.2, 0.3] } });
    const { parameters, n } = parseSweep({
      ...{ method: 'grid', seed: 7 },
      parameters: { a: { from: -1, to: 1, step: 0.1 }, b: [true, 'x', 2, 2] },
    });
    expect(parameters.a).toHaveLength(21);
    expect(parameters.a![13]).toBe(0.3);
    expect(parameters.b).toEqual([true, 'x', 2]);
    expect(n).toBe(63);
  });

  test.each([
    [[], /must be an object/],
    [{ method: 'hill' }, /method must be grid, random, bayes, not "hill"/],
    [{ method: 'grid' }, /its parameters must be an object, not missing/],
    [{ method: 'grid', parameters: {} }, /names no parameters/],
    [{ method: 'grid', parameters: { a: [] } }, /a has no values/],
    [{ method: 'grid', parameters: { a: [null] } }, /values of a must be numbers/],
    [{ method: 'grid', parameters: { a: { from: 1, to: 0, step: 1 } } }, /to ≥ from/],
    [{ method: 'grid', parameters: { a: { from: 0, to: 1, step: 0 } } }, /step > 0/],
    [{ method: 'grid', parameters: { a: { from: 0, to: 1, step: 1e-6 } } }, /at most 10000/],
    [{ method: 'random', parameters: { a: [1] } }, /n must be a whole number .* not missing/],
    [{ method: 'bayes', n: 2.5, parameters: { a: [1] } }, /not 2.5/],
    [{ method: 'random', n: 1, seed: -1, parameters: { a: [1] } }, /seed must be/],
    [{ method: 'grid', parameters: { a: range, b: range, c: range } }, /132651 points/],
  ])('%j is refused with what is wrong', (value, words) => {
    expect(() => parseSweep(value)).toThrow(words);
  });
});

describe('a sweep', () => {
  test('over a grid tries all, the last parameter fastest', async () => {
    const spec = parseSweep({ method: 'grid', parameters: { a: [1, 2], b: ['x', 'y', 'z'] } });
    const { rows, planned, cancelled } = await runSweep(spec, {
      evaluate: async ({ a, b }) => ({ result: `${a}${b}`, value: Number(a) }),
    });
    expect(rows.map(({ result }) => result)).toEqual(['1x', '1y', '1z', '2x', '2y', '2z']);
    expect({ planned, cancelled }).toEqual({ planned: 6, cancelled: false });
  });

  test.each(['random', 'bayes'])(
    '%s tries no point twice and the same ones again',
    async (method) => {
      const spec = parseSweep({ method, n: 60, seed: 5, parameters: space });
      const first = await runSweep(spec, { evaluate });
      const points = first.rows.map(({ point }) => JSON.stringify(point));
      expect(new Set(points).size).toBe(60);
      expect(await runSweep(spec, { evaluate })).toEqual(first);
      const other = await runSweep({ ...spec, seed: 6 }, { evaluate });
      expect(other.rows).not.toEqual(first.rows);
    },
  );

  test.each(['random', 'bayes'])(
    '%s of more points than there are tries each once',
    async (method) => {
      const spec = parseSweep({ method, n: 99, parameters: { a: [1, 2, 3], b: ['x', 'y'] } });
      const { rows, cancelled } = await runSweep(spec, {
        evaluate: async ({ a }) => ({ result: 0, value: Number(a) }),
      });
      expect(new Set(rows.map(({ point }) => JSON.stringify(point))).size).toBe(6);
      expect({ n: rows.length, cancelled }).toEqual({ n: 6, cancelled: false });
    },
  );

  test('chance comes to the last of many points too', async () => {
    const parameters = { a: { from: 1, to: 60, step: 1 }, b: { from: 1, to: 50, step: 1 } };
    const spec = parseSweep({ method: 'random', n: 3000, parameters });
    const { rows } = await runSweep(spec, { evaluate: async () => ({ result: 0, value: null }) });
    expect(new Set(rows.map(({ point }) => JSON.stringify(point))).size).toBe(3000);
  });

  test('bayes comes nearer to the best than chance does, on average over seeds', async () => {
    const bestOf = async (method: string, seed: number) => {
      const spec = parseSweep({ method, n: 60, seed, parameters: space });
      const { rows } = await runSweep(spec, { evaluate });
      return Math.max(...rows.map(({ value }) => value!));
    };
    let [chance, learnt] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      chance += 1 - (await bestOf('random', seed));
      learnt += 1 - (await bestOf('bayes', seed));
    }
    expect(learnt).toBeLessThan(chance / 2);
  });

  test('a point that fails or has no value costs itself', async () => {
    const spec = parseSweep({
      method: 'bayes',
      n: 30,
      parameters: { a: { from: 1, to: 30, step: 1 } },
    });
    const { rows } = await runSweep(spec, {
      evaluate: async ({ a }) => {
        if (Number(a) % 3 === 0) throw new AppError('bad-input', `${a} is not possible`);
        return { result: a, value: Number(a) % 2 === 0 ? Number(a) : NaN };
      },
    });
    expect(rows).toHaveLength(30);
    const row = rows.find(({ point }) => point.a === 9)!;
    expect(row).toEqual({
      point: { a: 9 },
      result: undefined,
      value: null,
      error: '9 is not possible',
    });
    expect(rows.find(({ point }) => point.a === 5)).toMatchObject({
      value: null,
      error: undefined,
    });
    const bug = { evaluate: () => Promise.reject(new Error('bug: no')) };
    await expect(runSweep(spec, bug)).rejects.toThrow('bug: no');
  });

  test('cancelled keeps what is done, and tells how far it was', async () => {
    const spec = parseSweep({ method: 'grid', parameters: { a: [1, 2, 3, 4] } });
    const control = new AbortController();
    const seen: [number, number][] = [];
    const between = await runSweep(spec, {
      evaluate: async ({ a }) => ({ result: a, value: 1 }),
      signal: control.signal,
      onProgress: (done, total) => {
        seen.push([done, total]);
        if (done === 2) control.abort();
      },
    });
    expect(seen).toEqual([
      [1, 4],
      [2, 4],
    ]);
    expect(between).toMatchObject({ planned: 4, cancelled: true });
    expect(between.rows.map(({ result }) => result)).toEqual([1, 2]);
    const during = await runSweep(spec, {
      evaluate: async ({ a }) => {
        if (a === 3) throw new AppError('cancelled', 'Cancelled');
        return { result: a, value: 1 };
      },
    });
    expect(during.rows).toHaveLength(2);
    expect(during.cancelled).toBe(true);
  });
});
