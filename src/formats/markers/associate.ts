import type { EpochNs } from '../../base/time.ts';
import { eventHash } from './eventHash.ts';
import type { EventMarker, Marker, PhaseMarker } from './marker.ts';

/**
 * The event of each phase as Snuffler links them: by the hash in the file or the event's present one, else by an
 * event time equal to the event's. Of two events with one name the later one in the file wins.
 */
export function associate(markers: readonly Marker[]): ReadonlyMap<PhaseMarker, EventMarker> {
  const byHash = new Map<string, EventMarker>();
  const byTime = new Map<EpochNs, EventMarker>();
  for (const marker of markers) {
    if (marker.type !== 'event') continue;
    if (marker.eventHash !== undefined) byHash.set(marker.eventHash, marker);
    byHash.set(eventHash(marker), marker);
    byTime.set(marker.startNs, marker);
  }
  const found = new Map<PhaseMarker, EventMarker>();
  for (const marker of markers) {
    if (marker.type !== 'phase') continue;
    const { eventHash: hash, eventTimeNs } = marker;
    const event =
      (hash === undefined ? undefined : byHash.get(hash)) ??
      (eventTimeNs === undefined ? undefined : byTime.get(eventTimeNs));
    if (event) found.set(marker, event);
  }
  return found;
}
