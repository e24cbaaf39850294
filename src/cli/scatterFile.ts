import { extname } from 'node:path';
import type { Client } from '../contract/rpc.ts';
import type { Pick } from '../domain/event/pick.ts';
import { byTimeThenStream } from '../domain/event/pickRecord.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { jsonText } from './output.ts';
import { checkOutFile, UsageError } from './usage.ts';
import { writeOut } from './writeOut.ts';

/** Throws UsageError before anything is run. */
export function checkScatterFile(path: string): void {
  if (/^\.(csv|json)$/.test(extname(path).toLowerCase())) {
    checkOutFile(path, 'scatter');
    return;
  }
  throw new UsageError(`--scatter must end in .csv or .json, not "${path}"`);
}

/** One row for each pick, by time: how many were asked and see it, and how far apart in probability and time. */
export async function writeScatter(
  client: Client,
  path: string,
  runId: number,
  picks: readonly Pick[],
): Promise<void> {
  const scatter = await client.call('run.scatter', { runId });
  const byPick = new Map(scatter.map((each) => [each.pickId, each]));
  const rows = [...picks].sort(byTimeThenStream).flatMap((pick) => {
    const own = byPick.get(pick.id);
    if (own === undefined) return [];
    const { asked, agreeing, probabilityDeviation, timeDeviationS } = own;
    const { id, stream, phase, time, probability } = pick;
    return {
      ...{ id, stream: formatNslc(stream), phase, timeNs: String(time), probability },
      ...{ asked, agreeing, probabilityDeviation, timeDeviationS },
    };
  });
  if (extname(path).toLowerCase() === '.json') {
    await writeOut(path, jsonText(rows));
    return;
  }
  const names = [
    ...['id', 'stream', 'phase', 'timeNs', 'probability'],
    ...['asked', 'agreeing', 'probabilityDeviation', 'timeDeviationS'],
  ];
  const lines = rows.map((row) => Object.values(row).map((value) => String(value ?? '')));
  await writeOut(path, `${[names, ...lines].map((line) => line.join(',')).join('\n')}\n`);
}
