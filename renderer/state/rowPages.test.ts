import { expect, test } from 'vitest';
import type { Pick } from '../../src/domain/event/pick.ts';
import { RowPages } from './rowPages.ts';

const pick = (id: number, state: Pick['state'] = 'automatic'): Pick => ({ id, state }) as Pick;
const page = (first: number, count: number): Pick[] =>
  Array.from({ length: count }, (_, i) => pick(first + i));

const rows = new RowPages(10).withPage(0, page(100, 10), 25).withPage(2, page(120, 5), 25);

test('rows are found by index and by id where their page is loaded', () => {
  expect([rows.at(0)?.id, rows.at(9)?.id, rows.at(10), rows.at(24)?.id]).toEqual([100, 109, undefined, 124]); // prettier-ignore
  expect([rows.indexOf(105), rows.indexOf(123), rows.indexOf(115)]).toEqual([5, 23, undefined]);
});

test('missing pages are those of the range, inside the list', () => {
  expect(rows.missingPages(0, 30)).toEqual([1]);
  expect(rows.missingPages(0, 9)).toEqual([]);
  expect(new RowPages(10).missingPages(0, 5)).toEqual([]);
});

test('a changed pick stays in its row and the old rows are left as they were', () => {
  const after = rows.withChanged([pick(103, 'confirmed'), pick(999)]);
  expect([after.at(3)?.state, rows.at(3)?.state]).toEqual(['confirmed', 'automatic']);
  expect(after.indexOf(103)).toBe(3);
});

test('the next that fits is not looked for beyond what is loaded', () => {
  const decided = rows.withChanged(page(100, 10).map(({ id }) => pick(id, 'confirmed')));
  expect(rows.findFrom(4, ({ state }) => state === 'automatic')).toBe(4);
  expect(decided.findFrom(0, ({ state }) => state === 'automatic')).toBeUndefined();
});
