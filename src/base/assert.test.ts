import { expect, test } from 'vitest';
import { AppError, messageOf } from './appError.ts';
import { assert, assertDefined, assertUnreachable } from './assert.ts';

test('a broken invariant throws and says it is a bug', () => {
  expect(() => assert(false, 'rows are sorted')).toThrow('bug: rows are sorted');
  expect(() => assert(1, 'fine')).not.toThrow();
  expect(() => assertDefined(undefined, 'the first row')).toThrow('bug: the first row is missing');
  expect(assertDefined(0, 'zero')).toBe(0);
  expect(() => assertUnreachable('x' as never)).toThrow('bug: unreachable case x');
});

test('an expected failure keeps its code and cause, and anything thrown has a sentence', () => {
  const cause = new Error('ENOSPC');
  const error = new AppError('service', 'the disk is full', { cause });
  expect([error.code, error.name, error.cause]).toEqual(['service', 'AppError', cause]);
  expect([messageOf(error), messageOf('text')]).toEqual(['the disk is full', 'text']);
});
