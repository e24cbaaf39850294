// Kept curves as bytes: what of one hour is kept, label by label. Values are the float32 of the run, bit by bit.

import { type EpochNs, epochNs } from '../../base/time.ts';
import type { KeepLevels } from '../pickRules/reach.ts';
import {
  pieceAt,
  pieceCount,
  pieceFrom,
  pieceTo,
  pieceValues,
  type SparseCurve,
} from '../pickRules/sparseCurve.ts';
import { SparseBuilder } from './sparseBuilder.ts';

/** Part of what is kept of one label over one stretch of data without gaps. */
export interface KeptPart {
  readonly label: string;
  /** The time of sample 0; the same for all parts of a stretch. */
  readonly stretchStartNs: EpochNs;
  readonly sampleRateHz: number;
  /** Samples `[from, to)` of the stretch: all that is kept of them is here. */
  readonly from: number;
  readonly to: number;
  readonly levels: KeepLevels;
  /** Samples are numbered from the start of the stretch. */
  readonly curve: SparseCurve;
}

/** What a curve holds of samples `[from, to)`; values are not copied. */
export function sliceSparse(curve: SparseCurve, from: number, to: number): SparseCurve {
  const starts: number[] = [];
  const at: number[] = [];
  let valuesFrom = 0;
  let valuesTo = 0;
  for (let piece = pieceAt(curve, from); piece < pieceCount(curve); piece += 1) {
    const start = pieceFrom(curve, piece);
    if (start >= to) break;
    const first = Math.max(from, start);
    const begin = (curve.at[piece] as number) + first - start;
    if (starts.length === 0) valuesFrom = begin;
    starts.push(first);
    at.push(begin - valuesFrom);
    valuesTo = begin + Math.min(to, pieceTo(curve, piece)) - first;
  }
  return {
    length: to,
    from: Float64Array.from(starts),
    at: Uint32Array.from([...at, valuesTo - valuesFrom]),
    values: curve.values.subarray(valuesFrom, valuesTo),
  };
}

/** Parts of one stretch and label, in order of time, as one curve; what was cut apart is whole again. */
export function joinParts(parts: readonly KeptPart[]): SparseCurve {
  const builder = new SparseBuilder();
  for (const { curve } of parts) {
    for (let piece = 0; piece < pieceCount(curve); piece += 1) {
      const values = pieceValues(curve, piece);
      const floats = values instanceof Float32Array ? values : Float32Array.from(values);
      builder.append(pieceFrom(curve, piece), floats);
    }
  }
  return builder.toSparse(parts.at(-1)?.to ?? 0);
}

interface PartHeader {
  readonly label: string;
  readonly startNs: string;
  readonly sampleRateHz: number;
  readonly from: number;
  readonly to: number;
  readonly floor: number;
  readonly tail: number;
  readonly pieces: number;
  readonly samples: number;
}

/**
 * u32 length of the header, a JSON header padded to 4 bytes, then of each part: u32 first sample of each piece after
 * `from`, u32 length of each piece, float32 values. Little-endian.
 */
export function encodeParts(parts: readonly KeptPart[]): Uint8Array<ArrayBuffer> {
  const headers = parts.map(headerOf);
  let text = JSON.stringify(headers);
  const encoder = new TextEncoder();
  const short = encoder.encode(text).length % 4;
  if (short > 0) text += ' '.repeat(4 - short);
  const header = encoder.encode(text);
  const words = headers.reduce((sum, { pieces, samples }) => sum + 2 * pieces + samples, 0);
  const bytes = new Uint8Array(4 + header.length + 4 * words);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + header.length;
  for (const { curve, from } of parts) {
    const pieces = pieceCount(curve);
    for (let k = 0; k < pieces; k += 1) {
      view.setUint32(at + 4 * k, pieceFrom(curve, k) - from, true);
      view.setUint32(at + 4 * (pieces + k), pieceTo(curve, k) - pieceFrom(curve, k), true);
    }
    at += 8 * pieces;
    bytes.set(bytesOf(curve.values), at);
    at += 4 * curve.values.length;
  }
  return bytes;
}

function headerOf({
  label,
  stretchStartNs,
  sampleRateHz,
  from,
  to,
  levels,
  curve,
}: KeptPart): PartHeader {
  return {
    label,
    startNs: String(stretchStartNs),
    sampleRateHz,
    from,
    to,
    ...levels,
    pieces: pieceCount(curve),
    samples: curve.values.length,
  };
}

/** Kept values are float32 on a little-endian machine, as all are that Onset runs on. */
function bytesOf(values: SparseCurve['values']): Uint8Array {
  const floats = values instanceof Float32Array ? values : Float32Array.from(values);
  return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
}

/** Throws when the bytes are not what `encodeParts` wrote. */
export function decodeParts(bytes: Uint8Array): KeptPart[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true);
  const text = new TextDecoder('utf-8').decode(bytes.subarray(4, 4 + headerLength));
  const headers = JSON.parse(text) as readonly PartHeader[];
  let at = 4 + headerLength;
  return headers.map((header) => {
    const { label, startNs, sampleRateHz, from, to, floor, tail, pieces, samples } = header;
    const starts = new Float64Array(pieces);
    const offsets = new Uint32Array(pieces + 1);
    for (let k = 0; k < pieces; k += 1) {
      starts[k] = from + view.getUint32(at + 4 * k, true);
      offsets[k + 1] = (offsets[k] as number) + view.getUint32(at + 4 * (pieces + k), true);
    }
    at += 8 * pieces;
    if (offsets[pieces] !== samples) throw new Error('the pieces of a kept curve do not add up');
    const values = new Float32Array(bytes.slice(at, at + 4 * samples).buffer);
    at += 4 * samples;
    const curve = { length: to, from: starts, at: offsets, values };
    const stretchStartNs = epochNs(BigInt(startNs));
    return { label, stretchStartNs, sampleRateHz, from, to, levels: { floor, tail }, curve };
  });
}
