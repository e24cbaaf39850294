import type { FormatWarning } from '../formatWarning.ts';
import { isControlHeader, isHeader2, isHeader3 } from './detect.ts';
import { parseHeader2 } from './header2.ts';
import { parseHeader3 } from './header3.ts';
import { isFault, type RecordHeader } from './record.ts';
import { StreamNames } from './streamNames.ts';

export interface Walk {
  readonly records: RecordHeader[];
  readonly warnings: FormatWarning[];
  /** Control headers of a full SEED volume that were passed over. */
  readonly controlHeaders: number;
}

/** All readable record headers of a file in its order; whatever is not a record costs a warning, not the file. */
export function walkRecords(bytes: Uint8Array): Walk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names = new StreamNames();
  const records: RecordHeader[] = [];
  const warnings: FormatWarning[] = [];
  const note = (offset: number, streamKey: string | undefined, code: string, message: string) => {
    const where = `The record at byte ${offset}${streamKey ? ` (${streamKey})` : ''}`;
    warnings.push({ code, offset, streamKey, message: `${where}: ${message}.` });
  };
  let controlHeaders = 0;
  let offset = 0;
  while (offset < bytes.length) {
    const parsed = isHeader2(bytes, offset)
      ? parseHeader2(bytes, view, offset, names, note)
      : isHeader3(bytes, offset)
        ? parseHeader3(bytes, view, offset, names)
        : undefined;
    if (parsed && !isFault(parsed)) {
      records.push(parsed);
      offset += parsed.length;
      continue;
    }
    if (parsed) {
      note(offset, parsed.streamKey, parsed.code, `${parsed.fault}; it was left out`);
      offset = parsed.length === undefined ? nextHeader(bytes, offset + 1) : offset + parsed.length;
    } else if (isControlHeader(bytes, offset)) {
      controlHeaders++;
      offset = nextHeader(bytes, offset + 1);
    } else {
      const next = nextHeader(bytes, offset + 1);
      const lost = `${next - offset} ${next - offset === 1 ? 'byte' : 'bytes'}`;
      const message = `${lost} from byte ${offset} hold no record and were passed over.`;
      warnings.push({ code: 'not-data', offset, streamKey: undefined, message });
      offset = next;
    }
  }
  return { records, warnings, controlHeaders };
}

function nextHeader(bytes: Uint8Array, from: number): number {
  for (let offset = from; offset + 40 <= bytes.length; offset++) {
    if (isHeader2(bytes, offset) || isHeader3(bytes, offset) || isControlHeader(bytes, offset)) {
      return offset;
    }
  }
  return bytes.length;
}
