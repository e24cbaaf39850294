import type { Client } from '../../../src/contract/rpc.ts';

/** Probabilities of a run's picks that somebody has decided. */
export interface ReviewedHeights {
  readonly accepted: readonly number[];
  readonly rejected: readonly number[];
}

export const NONE_REVIEWED: ReviewedHeights = { accepted: [], rejected: [] };
const PAGE = 5000;

/** Of a phase as the run named it. */
export async function reviewedHeights(
  client: Client,
  runId: number,
  phase: string,
  signal: AbortSignal,
): Promise<ReviewedHeights> {
  const accepted: number[] = [];
  const rejected: number[] = [];
  for (let offset = 0, total = 1; offset < total; offset += PAGE) {
    const query = { runId, states: ['confirmed', 'rejected'], phases: [phase] } as const;
    const args = { ...query, offset, limit: PAGE };
    const page = await client.call('catalog.listPicks', args, { signal });
    total = page.total;
    for (const { state, probability } of page.picks) {
      if (probability !== undefined) (state === 'rejected' ? rejected : accepted).push(probability);
    }
  }
  return { accepted, rejected };
}
