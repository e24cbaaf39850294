import { expect, test } from 'vitest';
import { madeUpToDate, waitAtMost } from './whileDecoding.ts';

test('what is decoded while others are made is made once more, and nothing else', async () => {
  const pending = new Set(['b', 'c', 'd']);
  const calls: string[] = [];
  const comes = [['b'], ['c']];
  const answers = await madeUpToDate(
    ['a', 'b', 'c', 'd'],
    (each) => pending.has(each),
    (some) => {
      calls.push(some.join(''));
      const states = some.map((each) => `${each} ${pending.has(each) ? 'loading' : 'complete'}`);
      for (const each of comes.shift() ?? []) pending.delete(each);
      return Promise.resolve(states);
    },
  );
  expect(calls).toEqual(['abcd', 'b', 'c']);
  expect(answers).toEqual(['a complete', 'b complete', 'c complete', 'd loading']);
  expect(await madeUpToDate([], () => true, () => Promise.reject(new Error()))).toEqual([]); // prettier-ignore
});

test('nobody waits longer than asked; a failure before that is told', async () => {
  const never = new Promise<void>(() => undefined);
  await waitAtMost([never], 1);
  await waitAtMost([], 1e6);
  await expect(waitAtMost([never, Promise.reject(new Error('torn'))], 1e6)).rejects.toThrow('torn');
});
