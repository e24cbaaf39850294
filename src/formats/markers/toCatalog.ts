import { epochNs } from '../../base/time.ts';
import type {
  CatalogDocument,
  DocumentEvent,
  DocumentPick,
} from '../../domain/event/catalogDocument.ts';
import { type Nslc, plainLocation } from '../../domain/waveform/nslc.ts';
import { WarningList } from '../warningList.ts';
import { associate } from './associate.ts';
import type { EventMarker, Marker, PhaseMarker } from './marker.ts';

const METHOD = 'snuffler marker';

/**
 * Phase markers as picks (automatic: state automatic, else manual) and event markers as events; an event marker
 * without a place gives an event that is not located. A phase marker that spans time is read as its middle, half the
 * span on each side. What cannot be a pick is named in the warnings.
 */
export function catalogFromMarkers(markers: readonly Marker[]): {
  document: CatalogDocument;
  warnings: readonly string[];
} {
  const warnings = new WarningList();
  const linked = associate(markers);
  const eventMarkers = markers.filter((marker) => marker.type === 'event');
  const indexOf = new Map(eventMarkers.map((marker, index) => [marker, index]));
  const picks: DocumentPick[] = [];
  for (const marker of markers) {
    if (marker.type === 'plain') {
      warnings.add('plain markers left out', leftOut(marker, 'has no phase'));
    } else if (marker.type === 'phase') {
      const event = linked.get(marker);
      const pick = pickFrom(marker, event && indexOf.get(event));
      if (typeof pick === 'string') warnings.add('phases left out', leftOut(marker, pick));
      else picks.push(pick);
    }
  }
  const events = eventMarkers.map(eventFrom);
  return { document: { events, picks, runs: [] }, warnings: warnings.list() };
}

function leftOut(marker: Marker, why: string): string {
  const time = new Date(Number(marker.startNs / 1_000_000n)).toISOString();
  const codes = marker.streams.map((parts) => parts.join('.')).join(',') || 'all streams';
  return `the marker at ${time} on ${codes} ${why}; it is left out`;
}

function pickFrom(marker: PhaseMarker, eventIndex: number | undefined): DocumentPick | string {
  if (marker.phase === undefined || marker.phase === '') return 'has no phase name';
  const stream = streamFrom(marker.streams);
  if (!stream) return 'does not name exactly one stream';
  const half = (marker.endNs - marker.startNs) / 2n;
  const uncertainty = half === 0n ? undefined : Math.abs(Number(half)) / 1e9;
  return {
    stream,
    time: epochNs(marker.startNs + half),
    lowerUncertaintyS: uncertainty,
    upperUncertaintyS: uncertainty,
    phase: marker.phase,
    polarity: polarityFrom(marker.polarity),
    onset: undefined,
    weight: undefined,
    probability: undefined,
    filter: undefined,
    state: marker.automatic ? 'automatic' : 'manual',
    author: '',
    method: METHOD,
    runId: undefined,
    createdNs: undefined,
    publicId: undefined,
    eventIndex,
  };
}

function polarityFrom(polarity: PhaseMarker['polarity']): DocumentPick['polarity'] {
  if (polarity === undefined) return undefined;
  if (polarity === 0) return 'undecidable';
  return polarity > 0 ? 'up' : 'down';
}

/** The one stream a marker names; wildcards and missing parts name none. */
function streamFrom(streams: Marker['streams']): Nslc | undefined {
  const [parts, another] = streams;
  if (!parts || another || parts.length !== 4) return undefined;
  const [network = '', station = '', location = '', channel = ''] = parts;
  if (station === '' || /[*?[\]]/.test(parts.join(''))) return undefined;
  return { network, station, location: plainLocation(location), channel };
}

function eventFrom(marker: EventMarker): DocumentEvent {
  const { latitudeDeg, longitudeDeg, depthM } = marker;
  const finite = (value: number | undefined): value is number => Number.isFinite(value);
  const located =
    finite(latitudeDeg) &&
    finite(longitudeDeg) &&
    Math.abs(latitudeDeg) <= 90 &&
    Math.abs(longitudeDeg) <= 360;
  return {
    publicId: undefined,
    origin: located
      ? {
          time: marker.startNs,
          latitudeDeg,
          longitudeDeg,
          depthM: finite(depthM) ? depthM : undefined,
          timeUncertaintyS: undefined,
          method: METHOD,
        }
      : undefined,
    type: undefined,
    comment: [marker.name, marker.region].filter(Boolean).join(', ') || undefined,
    author: '',
    createdNs: undefined,
  };
}
