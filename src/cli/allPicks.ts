import type { PickQuery } from '../domain/event/pickQuery.ts';
import type { Client } from '../contract/rpc.ts';
import type { Pick } from '../domain/event/pick.ts';
import { byTimeThenStream, pickRecord } from '../domain/event/pickRecord.ts';

const PAGE = 5000;

/** Every pick of a query, page by page. */
export async function allPicks(client: Client, query: PickQuery): Promise<Pick[]> {
  const picks: Pick[] = [];
  for (;;) {
    const page = await client.call('catalog.listPicks', {
      ...query,
      offset: picks.length,
      limit: PAGE,
    });
    picks.push(...page.picks);
    if (page.picks.length === 0 || picks.length >= page.total) return picks;
  }
}

/** The list as `onset picks` prints it: by time, then stream. */
export function pickRecords(picks: readonly Pick[]) {
  return [...picks].sort(byTimeThenStream).map(pickRecord);
}
