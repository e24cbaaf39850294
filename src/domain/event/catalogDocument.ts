import type { EpochNs } from '../../base/time.ts';
import type { ModelRun } from './modelRun.ts';
import type { Pick } from './pick.ts';
import type { SeismicEvent } from './seismicEvent.ts';

/** A pick as a file holds it: without a number in the catalog. `runId` is the id of a run of the same document. */
export interface DocumentPick extends Omit<Pick, 'id' | 'eventId' | 'createdNs'> {
  /** Undefined when the file does not say; the catalog then takes the time of import. */
  readonly createdNs: EpochNs | undefined;
  /** Index into the document's events, undefined for an unassociated pick. */
  readonly eventIndex: number | undefined;
}

/** An event as a file holds it; its picks name it by `eventIndex`. */
export interface DocumentEvent extends Omit<SeismicEvent, 'id' | 'pickIds' | 'createdNs'> {
  readonly createdNs: EpochNs | undefined;
}

/** What a catalog file holds, as it is handed to the catalog for import. */
export interface CatalogDocument {
  readonly events: readonly DocumentEvent[];
  readonly picks: readonly DocumentPick[];
  /** The model runs that picks came from, as far as the file tells. */
  readonly runs: readonly ModelRun[];
}

/** What an export takes from a catalog. Picks belong to the event whose id is their `eventId`, when it is here. */
export interface CatalogExtract {
  readonly events: readonly SeismicEvent[];
  readonly picks: readonly Pick[];
  readonly runs: readonly ModelRun[];
}
