const [D, R, Q, M] = [68, 82, 81, 77];
const [V, A, S, T] = [86, 65, 83, 84];

function sequenceNumberAt(bytes: Uint8Array, offset: number): boolean {
  for (let i = offset; i < offset + 6; i++) {
    const byte = bytes[i] ?? 255;
    if (!((byte >= 48 && byte <= 57) || byte === 32 || byte === 0)) return false;
  }
  return true;
}

/** Whether a miniSEED 2 fixed header may begin here (sequence number, quality letter, time of day in range). */
export function isHeader2(bytes: Uint8Array, offset: number): boolean {
  if (offset + 48 > bytes.length) return false;
  const quality = bytes[offset + 6];
  if (quality !== D && quality !== R && quality !== Q && quality !== M) return false;
  const reserved = bytes[offset + 7];
  if (reserved !== 32 && reserved !== 0) return false;
  const hour = bytes[offset + 24] ?? 255;
  const minute = bytes[offset + 25] ?? 255;
  const second = bytes[offset + 26] ?? 255;
  return hour <= 23 && minute <= 59 && second <= 60 && sequenceNumberAt(bytes, offset);
}

/** Whether a miniSEED 3 header may begin here. */
export function isHeader3(bytes: Uint8Array, offset: number): boolean {
  if (offset + 40 > bytes.length) return false;
  if (bytes[offset] !== 77 || bytes[offset + 1] !== 83 || bytes[offset + 2] !== 3) return false;
  const hour = bytes[offset + 12] ?? 255;
  const minute = bytes[offset + 13] ?? 255;
  const second = bytes[offset + 14] ?? 255;
  return hour <= 23 && minute <= 59 && second <= 60;
}

/** Whether a control header of a full SEED volume begins here: volume, abbreviation, station or time span. */
export function isControlHeader(bytes: Uint8Array, offset: number): boolean {
  if (offset + 8 > bytes.length) return false;
  const kind = bytes[offset + 6];
  if (kind !== V && kind !== A && kind !== S && kind !== T) return false;
  const continued = bytes[offset + 7];
  if (continued !== 32 && continued !== 42) return false;
  for (let i = offset; i < offset + 6; i++) {
    const byte = bytes[i] ?? 255;
    if (byte < 48 || byte > 57) return false;
  }
  return true;
}

/** Whether a file begins as miniSEED 2, 3 or full SEED does. */
export function isMiniseed(head: Uint8Array): boolean {
  return isHeader3(head, 0) || isHeader2(head, 0) || isControlHeader(head, 0);
}
