import { AppError } from '../base/appError.ts';

const CHUNK_BYTES = 1 << 20;

/** Byte order marks and the encodings they stand for. */
export function encodingByMark(
  bytes: Uint8Array,
): { label: string; markBytes: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { label: 'utf-8', markBytes: 3 };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { label: 'utf-16le', markBytes: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { label: 'utf-16be', markBytes: 2 };
  return undefined;
}

/**
 * Text in pieces of about a megabyte. A byte order mark is left out.
 * Throws `unreadable-file` for an encoding nobody knows and for bytes that are not text in it.
 */
export function* decodeText(bytes: Uint8Array, label: string): Generator<string> {
  const mark = encodingByMark(bytes);
  const body = mark && mark.label === label ? bytes.subarray(mark.markBytes) : bytes;
  const decoder = decoderFor(label);
  for (let from = 0; from < body.length; from += CHUNK_BYTES) {
    const last = from + CHUNK_BYTES >= body.length;
    const piece = body.subarray(from, from + CHUNK_BYTES);
    let text: string;
    try {
      text = decoder.decode(piece, { stream: !last });
    } catch (cause) {
      throw new AppError(
        'unreadable-file',
        `it holds bytes that are not ${label.toUpperCase()} text; save it as UTF-8`,
        { cause },
      );
    }
    yield text;
  }
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    throw new AppError(
      'unreadable-file',
      `it says it is written in "${label}", which Onset does not know; save it as UTF-8`,
      { cause },
    );
  }
}
