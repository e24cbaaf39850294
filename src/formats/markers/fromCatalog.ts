import type { EpochNs } from '../../base/time.ts';
import type { CatalogExtract } from '../../domain/event/catalogDocument.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { byTimeThenStream } from '../../domain/event/pickRecord.ts';
import type { SeismicEvent } from '../../domain/event/seismicEvent.ts';
import { eventHash } from './eventHash.ts';
import type { EventMarker, Marker, PhaseMarker } from './marker.ts';

const POLARITY = { up: 1, down: -1, undecidable: 0 } as const;
const LEAST_DIGITS = 4;

/**
 * Picks as phase markers and events as event markers, events first. A located event stands at its origin; one that
 * is not located at its first pick, without a place. An event without either has no time and is left out.
 * Kind: the weight class where there is one, 5 for a machine's pick without, 0 for a person's.
 */
export function markersFromCatalog(
  extract: CatalogExtract,
  options: { includeRejected: boolean },
): Marker[] {
  const picks = extract.picks
    .filter((pick) => options.includeRejected || pick.state !== 'rejected')
    .sort(byTimeThenStream);
  const firstPick = new Map<number, EpochNs>();
  for (const { eventId, time } of picks) {
    if (eventId !== undefined && !firstPick.has(eventId)) firstPick.set(eventId, time);
  }
  const events = new Map<number, EventMarker>();
  for (const event of extract.events) {
    const time = event.origin?.time ?? firstPick.get(event.id);
    if (time !== undefined) events.set(event.id, eventMarker(event, time));
  }
  const ordered = [...events.values()].sort((a, b) => Number(a.startNs - b.startNs));
  return [...ordered, ...picks.map((pick) => phaseMarker(pick, events.get(pick.eventId ?? -1)))];
}

/** As few digits of the second as keep every time exact, at least four. */
export function digitsFor(markers: readonly Marker[]): number {
  let digits = LEAST_DIGITS;
  for (const marker of markers) {
    while (digits < 9 && marker.startNs % 10n ** BigInt(9 - digits) !== 0n) digits++;
  }
  return digits;
}

function eventMarker(event: SeismicEvent, time: EpochNs): EventMarker {
  const marker = {
    type: 'event',
    startNs: time,
    endNs: time,
    kind: 0,
    streams: [],
    latitudeDeg: event.origin?.latitudeDeg,
    longitudeDeg: event.origin?.longitudeDeg,
    depthM: event.origin?.depthM,
    magnitude: undefined,
    catalog: undefined,
    name: event.comment?.replace(/\s*[\r\n]+\s*/g, ' '),
    region: undefined,
  } as const;
  return { ...marker, eventHash: eventHash(marker) };
}

function phaseMarker(pick: Pick, event: EventMarker | undefined): PhaseMarker {
  const { network, station, location, channel } = pick.stream;
  const byMachine = pick.state === 'automatic' || pick.state === 'deferred';
  return {
    type: 'phase',
    startNs: pick.time,
    endNs: pick.time,
    kind: pick.weight ?? (byMachine ? 5 : 0),
    streams: [[network, station, location, channel]],
    phase: pick.phase === '' ? undefined : pick.phase,
    eventHash: event && eventHash(event),
    eventTimeNs: event?.startNs,
    polarity: pick.polarity && POLARITY[pick.polarity],
    automatic: byMachine,
  };
}
