import { eventHash } from './eventHash.ts';
import type { EventMarker, Marker, PhaseMarker } from './marker.ts';
import { formatMarkerTime } from './markerTime.ts';
import { quoteToken } from './tokens.ts';

/**
 * A marker file, version 0.2, with so many digits of the second (`snufflerDigits` says how many Snuffler writes).
 * The columns are padded as Snuffler does. Texts with double quotes are quoted, which Snuffler forgets.
 */
export function writeMarkers(markers: readonly Marker[], digits: number): string {
  return [...markerLines(markers, digits)].join('');
}

/** The same, line by line. */
export function* markerLines(markers: Iterable<Marker>, digits: number): Generator<string> {
  yield '# Snuffler Markers File Version 0.2\n';
  for (const marker of markers) yield `${markerLine(marker, digits).trimEnd()}\n`;
}

function markerLine(marker: Marker, digits: number): string {
  switch (marker.type) {
    case 'plain':
      return placeColumns(marker, digits);
    case 'phase':
      return `phase: ${phaseColumns(marker, digits)}`;
    case 'event':
      return `event: ${eventColumns(marker, digits)}`;
  }
}

function placeColumns(marker: Marker, digits: number): string {
  const start = formatMarkerTime(marker.startNs, digits);
  const codes = quoteToken(marker.streams.map((parts) => parts.join('.')).join(','));
  const kind = String(marker.kind).padStart(2);
  if (marker.endNs === marker.startNs) return `${start} ${kind} ${codes}`;
  const duration = pythonNumber(Number(marker.endNs - marker.startNs) / 1e9);
  return `${start} ${formatMarkerTime(marker.endNs, digits)} ${duration.padStart(12)} ${kind} ${codes}`;
}

function phaseColumns(marker: PhaseMarker, digits: number): string {
  const { eventTimeNs, polarity } = marker;
  const [date = 'None', clock = 'None'] =
    eventTimeNs === undefined ? [] : formatMarkerTime(eventTimeNs, digits).split(' ');
  const place = placeColumns(marker, digits);
  const codesAt = place.lastIndexOf(' ') + 1;
  return [
    place.endsWith("'") ? place : place.slice(0, codesAt) + place.slice(codesAt).padEnd(15),
    (marker.eventHash ?? 'None').padEnd(14),
    date.padEnd(12),
    clock.padEnd(12),
    quoteToken(marker.phase ?? '').padEnd(8),
    String(polarity ?? 'None').padStart(4),
    marker.automatic ? ' True' : 'False',
  ].join(' ');
}

function eventColumns(marker: EventMarker, digits: number): string {
  const number = (value: number | undefined, width: number) =>
    value === undefined ? 'None'.padEnd(width) : pythonNumber(value).padStart(width);
  return [
    formatMarkerTime(marker.startNs, digits),
    String(marker.kind).padStart(2),
    eventHash(marker).padEnd(14),
    number(marker.latitudeDeg, 12),
    number(marker.longitudeDeg, 12),
    number(marker.depthM, 12),
    number(marker.magnitude, 4),
    quoteToken(marker.catalog ?? '').padEnd(5),
    quoteToken(marker.name ?? ''),
    quoteToken(marker.region ?? ''),
  ].join(' ');
}

/** A number as Python prints it: always a point or an exponent, exponents of at least two digits. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}
