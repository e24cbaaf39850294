// What the reader of detector settings takes, resources/schemas/detector.json takes, and what its form refuses both refuse.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DETECTOR_KINDS } from '../../src/domain/event/detectorSettings.ts';
import { readDetector } from '../../src/domain/event/readDetector.ts';
import { schemaErrors } from '../schemaErrors.ts';

const file = new URL('../../resources/schemas/detector.json', import.meta.url);
const schema = JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as Record<string, unknown>;
const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test.each(DETECTOR_KINDS)('settings of %s as they are written are valid', (kind) => {
  const coincidence = { leastSum: 3, weights: { 'UW.HANS': 2 }, extensionS: 1 };
  for (const more of [{}, { coincidence, longestS: 60 }, { band: null }, { wholeRecord: true }]) {
    const settings = readDetector({ kind, ...more });
    expect(schemaErrors(written(settings), schema)).toEqual([]);
    const again = { ...(written(settings) as object), ...('band' in more ? { band: null } : {}) };
    expect(readDetector(again as never)).toEqual(settings);
  }
});

test.each([
  { kind: 'sta' },
  { window: 3 },
  { shortS: '1' },
  { components: 'up' },
  { refinement: { method: 'eye' } },
  { coincidence: {} },
])('%j is refused by both', (json) => {
  expect(schemaErrors(json, schema)).not.toEqual([]);
  expect(() => readDetector(json as never)).toThrow();
});
