// What a run says of itself besides its picks: whose place they took, and how far those who looked agree.

import type { Client } from '../contract/rpc.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { ScatterOfPick } from '../domain/event/pickScatter.ts';
import { counted, say } from './output.ts';

/** Says it on the error stream. */
export async function sayReport(client: Client, run: ModelRun): Promise<void> {
  for (const { runId, pickCount } of run.replaced ?? []) {
    say(
      `${counted(pickCount, 'automatic pick')} of run ${runId} that nobody had dealt with made room`,
    );
  }
  const { ensemble } = run.parameters;
  if (ensemble === undefined) return;
  const scatter = await client.call('run.scatter', { runId: run.id });
  if (scatter.length > 0) say(agreementWords(scatter, ensemble.members.length));
}

/** `41 picks, 36 of them seen by all 4; …`. */
export function agreementWords(scatter: readonly ScatterOfPick[], members: number): string {
  const byAll = scatter.filter(({ agreeing }) => agreeing === members).length;
  const probability = meanOf(scatter.map((each) => each.probabilityDeviation));
  const timeS = meanOf(scatter.flatMap((each) => each.timeDeviationS ?? []));
  return `${counted(scatter.length, 'pick')}, ${byAll} of them seen by all ${members}; standard deviation over those who looked, on average: probability ${probability.toFixed(3)}, time ${timeS.toFixed(3)} s`;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
