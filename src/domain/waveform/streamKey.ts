import { formatNslc, type Nslc, parseNslc, plainLocation } from './nslc.ts';

/** The key by which a stream is known everywhere inside: `--` as location equals an empty one. */
export function streamKeyOf(stream: Nslc): string {
  return formatNslc({ ...stream, location: plainLocation(stream.location) });
}

/** A stream key as it may be written (`NET.STA.--.CHA`) in its one form. Throws `bad-input`. */
export function plainStreamKey(text: string): string {
  return text.includes('.--.') || text.includes(' ') ? formatNslc(parseNslc(text)) : text;
}
