// Edits a project until it is killed. Says what it is about to do, and what the catalog told it is stored.

import { writeSync } from 'node:fs';
import { Catalog } from '../../../src/catalog/catalog.ts';
import { epochNs } from '../../../src/base/time.ts';

const catalog = Catalog.open(process.argv[2] ?? '', { author: 'killed' });
const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);
if (catalog.readOnly) throw new Error(catalog.readOnlyReason);
let time = BigInt(process.argv[3] ?? '0');
for (;;) {
  time += 1n;
  const phase = time % 2n === 0n ? 'P' : 'S';
  const stream = { network: 'UW', station: 'HANS', location: '', channel: 'HHZ' };
  const unset = {
    lowerUncertaintyS: undefined,
    upperUncertaintyS: undefined,
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability: undefined,
    filter: undefined,
  };
  say({ kind: 'try', act: 'add', timeNs: String(time) });
  const { picks } = catalog.addPick({ stream, time: epochNs(time), phase, ...unset });
  const id = picks[0]?.id ?? 0;
  say({ kind: 'ack', act: 'add', id, timeNs: String(time) });
  const weight = Number(time % 5n) as 0 | 1 | 2 | 3 | 4;
  say({ kind: 'try', act: 'weigh', id, weight });
  catalog.changePicks([id], { weight });
  say({ kind: 'ack', act: 'weigh', id, weight });
  if (time % 7n !== 0n) continue;
  say({ kind: 'try', act: 'undo', id });
  catalog.undo();
  say({ kind: 'ack', act: 'undo', id });
}
