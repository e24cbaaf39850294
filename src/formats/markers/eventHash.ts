import type { EventMarker } from './marker.ts';
import { formatMarkerTime } from './markerTime.ts';
import { sha1 } from './sha1.ts';

/**
 * The name by which Snuffler links phases to an event: URL-safe base64 of the SHA-1 over
 * `TIME, LAT, LON, DEPTH, MAG, CATALOG, NAME, REGION` (golden/snuffler-markers, tokeniser rules).
 */
export function eventHash(event: Omit<EventMarker, 'eventHash'>): string {
  const fields = [
    formatMarkerTime(event.startNs, 3),
    exponent(event.latitudeDeg, 9),
    exponent(event.longitudeDeg, 9),
    exponent(event.depthM, 9),
    exponent(event.magnitude, 5),
    event.catalog ?? 'None',
    event.name ?? '',
    event.region ?? 'None',
  ];
  return base64Url(sha1(new TextEncoder().encode(fields.join(', '))));
}

/** C's `%.9e`. */
function exponent(value: number | undefined, digits: number): string {
  if (value === undefined) return 'None';
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const text = value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
  return Object.is(value, -0) ? `-${text}` : text;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function base64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const letter = (shift: number) => ALPHABET[(bits >> shift) & 63] ?? '';
    text += letter(18) + letter(12) + (b === undefined ? '=' : letter(6));
    text += c === undefined ? '=' : letter(0);
  }
  return text;
}
