import { AppError, messageOf } from '../../base/appError.ts';
import type { CatalogDocument } from '../../domain/event/catalogDocument.ts';
import { readPicksCsv } from '../../formats/csv/readPicksCsv.ts';
import { looksLikeMarkers, readMarkers } from '../../formats/markers/reader.ts';
import { catalogFromMarkers } from '../../formats/markers/toCatalog.ts';
import { readQuakeml } from '../../formats/quakeml/reader.ts';

export interface ReadDocument {
  readonly document: CatalogDocument;
  readonly warnings: readonly string[];
}

/** Picks and events of a file, its kind told by its content. `name` begins the message of a refusal. */
export function readDocument(bytes: Uint8Array, name: string): ReadDocument {
  try {
    if (looksLikeMarkers(bytes)) {
      const { markers, warnings } = readMarkers(bytes);
      const taken = catalogFromMarkers(markers);
      return { document: taken.document, warnings: [...warnings, ...taken.warnings] };
    }
    if (looksLikeTable(bytes)) {
      const { picks, warnings } = readPicksCsv(bytes);
      return { document: { events: [], picks, runs: [] }, warnings };
    }
    if (!looksLikeXml(bytes)) {
      throw new AppError(
        'unreadable-file',
        bytes.length === 0
          ? 'it is empty (0 bytes)'
          : 'it is neither QuakeML nor a marker file nor a table of picks',
      );
    }
    const { warnings, losses, ...document } = readQuakeml(bytes);
    return { document, warnings: [...warnings, ...losses] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${name} cannot be imported: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A first line with separators that names a phase. */
function looksLikeTable(bytes: Uint8Array): boolean {
  const [line = ''] = new TextDecoder('latin1').decode(bytes.subarray(0, 2048)).split(/\r?\n/);
  return /[,;\t]/.test(line) && /(^|[,;\t"' ])phase($|[,;\t"' ])/i.test(line);
}

/** A `<` after an encoding mark and blanks, in UTF-8 or UTF-16. */
function looksLikeXml(bytes: Uint8Array): boolean {
  const plain = bytes.subarray(0, 256).filter((byte) => byte !== 0 && byte < 0x80 && byte > 0x20);
  return plain[0] === 0x3c;
}
