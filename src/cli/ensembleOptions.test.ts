import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import type { Client } from '../contract/rpc.ts';
import type { Pick } from '../domain/event/pick.ts';
import { parseNslc } from '../domain/waveform/nslc.ts';
import { readEnsemble } from './ensembleOptions.ts';
import { checkScatterFile, writeScatter } from './scatterFile.ts';

test('one model is no ensemble, and several are asked for with a rule', () => {
  expect(readEnsemble({}, 1)).toBeUndefined();
  expect(readEnsemble({ ensemble: 'Median' }, 2)).toEqual({ rule: 'median' });
  expect(readEnsemble({ ensemble: 'noisy-or', shifts: '3' }, 1)).toEqual({
    rule: 'noisy-or',
    shifts: 3,
  });
  expect(readEnsemble({ ensemble: 'mean', bands: '1-10, 2-20' }, 1)?.bands).toEqual([
    { lowHz: 1, highHz: 10, corners: 4, zeroPhase: false },
    { lowHz: 2, highHz: 20, corners: 4, zeroPhase: false },
  ]);
  expect(readEnsemble({ offsets: '5' }, 1)).toEqual({ rule: 'first', shifts: 5 });
  expect(readEnsemble({ offsets: '5', agree: '3' }, 1)?.leastAgreeing).toBe(3);
  expect(() => readEnsemble({ agree: '3' }, 1)).toThrow('--agree');
});

test.each([
  [{}, 2, 'need --ensemble mean, max, median, noisy-or or semblance'],
  [{ bands: '1-10' }, 1, 'need --ensemble'],
  [{ ensemble: 'mode' }, 2, 'mean, max, median, noisy-or, semblance, not "mode"'],
  [{ ensemble: 'mean', bands: '10-1' }, 1, 'not "10-1"'],
  [{ ensemble: 'mean', bands: '1-10-20' }, 1, 'not "1-10-20"'],
  [{ ensemble: 'mean', shifts: '1' }, 1, '--shifts'],
  [{ offsets: '3' }, 2, 'is of one model'],
  [{ offsets: '3', ensemble: 'mean' }, 1, 'is of one model'],
  [{ offsets: 'many' }, 1, '--offsets'],
] as const)('%o with %d models is refused: %s', (values, models, words) => {
  expect(() => readEnsemble(values, models)).toThrow(words);
});

test('the scatter is a row for each pick, by time, as CSV or JSON', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'onset-scatter-'));
  try {
    const pick = (id: number, time: bigint): Pick =>
      ({
        ...{ id, stream: parseNslc('XX.ABC..HHZ'), phase: 'P', time: epochNs(time) },
        probability: 0.5,
      }) as Pick;
    const own = { asked: 4, agreeing: 3, probabilityDeviation: 0.25 };
    const client = {
      call: () => Promise.resolve([{ ...own, pickId: 1, timeDeviationS: undefined }]),
    } as unknown as Client;
    const picks = [pick(2, 30n), pick(1, 20n)];
    await writeScatter(client, join(folder, 's.csv'), 7, picks);
    expect(readFileSync(join(folder, 's.csv'), 'utf8')).toBe(
      'id,stream,phase,timeNs,probability,asked,agreeing,probabilityDeviation,timeDeviationS\n' +
        '1,XX.ABC..HHZ,P,20,0.5,4,3,0.25,\n',
    );
    await writeScatter(client, join(folder, 's.json'), 7, picks);
    expect(JSON.parse(readFileSync(join(folder, 's.json'), 'utf8'))).toMatchObject([
      { id: 1, timeNs: '20', asked: 4, timeDeviationS: null },
    ]);
    expect(() => checkScatterFile('s.txt')).toThrow('.csv or .json');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
