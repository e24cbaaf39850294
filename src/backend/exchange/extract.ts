import type { Catalog } from '../../catalog/catalog.ts';
import type { ExportRequest } from '../../contract/messages/catalog.ts';
import type { CatalogExtract } from '../../domain/event/catalogDocument.ts';

/** What an export is asked to write: the whole catalog, or the named picks and the events they are in. */
export function extractOf(catalog: Catalog, request: ExportRequest): CatalogExtract {
  const picks =
    request.pickIds === undefined
      ? [...catalog.picks.each()]
      : catalog.picks.getMany([...new Set(request.pickIds)]);
  const all = catalog.events.list(undefined);
  const wanted = new Set(picks.map((pick) => pick.eventId));
  const events = request.pickIds === undefined ? all : all.filter((event) => wanted.has(event.id));
  const used = new Set(picks.map((pick) => pick.runId));
  const runs = catalog.runs.list().filter((run) => used.has(run.id));
  return { events, picks, runs: [...runs].sort((a, b) => a.id - b.id) };
}
