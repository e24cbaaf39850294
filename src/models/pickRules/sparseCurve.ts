// Probabilities of one label where they matter. A dense curve is one piece; a kept curve has a piece for each
// stretch that was worth keeping, and what lies between is known to be lower than anything a rule looks at.

/** Probabilities, one a sample; NaN where there is none. */
export type Curve = Float32Array | Float64Array;

/**
 * Piece k holds samples `from[k] …` of the curve, `values[at[k] … at[k + 1])`. Pieces ascend and do not touch.
 * Sample numbers may be beyond 2^31: a year at 100 Hz.
 */
export interface SparseCurve {
  /** Samples of the whole curve. */
  readonly length: number;
  readonly from: Float64Array;
  /** One more than there are pieces. */
  readonly at: Uint32Array;
  readonly values: Curve;
  /** The highest value of each piece, where it was worked out: pieces that cannot matter are not looked at. */
  readonly maxima?: Float64Array;
}

/** By label. */
export type SparseCurves = Readonly<Record<string, SparseCurve>>;

/** A curve of which everything is known. The values are not copied. */
export function denseCurve(values: Curve): SparseCurve {
  const pieces = values.length > 0 ? 1 : 0;
  return {
    length: values.length,
    from: new Float64Array(pieces),
    at: pieces === 1 ? Uint32Array.of(0, values.length) : new Uint32Array(1),
    values,
  };
}

export function pieceCount(curve: SparseCurve): number {
  return curve.from.length;
}

/** First sample of a piece. */
export function pieceFrom(curve: SparseCurve, piece: number): number {
  return curve.from[piece] as number;
}

/** Values of a piece; a view. */
export function pieceValues(curve: SparseCurve, piece: number): Curve {
  return curve.values.subarray(curve.at[piece] as number, curve.at[piece + 1] as number);
}

/** The sample after the last of a piece. */
export function pieceTo(curve: SparseCurve, piece: number): number {
  return pieceFrom(curve, piece) + (curve.at[piece + 1] as number) - (curve.at[piece] as number);
}

/** The piece that holds the sample, or the first one after it; the number of pieces when there is none. */
export function pieceAt(curve: SparseCurve, sample: number): number {
  let low = 0;
  let high = curve.from.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieceTo(curve, middle) <= sample) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Samples `[from, to)` as one array; NaN where nothing is known and beyond the ends. */
export function valuesBetween(curve: SparseCurve, from: number, to: number): Float64Array {
  const out = new Float64Array(Math.max(0, to - from)).fill(NaN);
  for (let piece = pieceAt(curve, from); piece < pieceCount(curve); piece += 1) {
    const start = pieceFrom(curve, piece);
    if (start >= to) break;
    const values = pieceValues(curve, piece);
    const first = Math.max(0, from - start);
    const end = Math.min(values.length, to - start);
    for (let i = first; i < end; i += 1) out[start + i - from] = values[i] as number;
  }
  return out;
}

/** The curve with the highest value of each of its pieces. */
export function withMaxima(curve: SparseCurve): SparseCurve {
  const maxima = Float64Array.from(curve.from, (_, piece) => {
    const values = pieceValues(curve, piece);
    let highest = -Infinity;
    for (let i = 0; i < values.length; i += 1) {
      if ((values[i] as number) > highest) highest = values[i] as number;
    }
    return highest;
  });
  return { ...curve, maxima };
}

/** A curve, or what of it matters. */
export type RunCurve = Float32Array | SparseCurve;

/** Samples `[from, to)` of a curve; values are not copied. */
export function curvePart(curve: RunCurve, from: number, to: number): RunCurve {
  return curve instanceof Float32Array ? curve.subarray(from, to) : cropped(curve, from, to);
}

/** All samples; NaN where nothing is known. */
export function wholeCurve(curve: RunCurve): Float32Array {
  if (curve instanceof Float32Array) return curve;
  return Float32Array.from(valuesBetween(curve, 0, curve.length));
}

/** By label. */
export function wholeCurves(
  curves: Readonly<Record<string, RunCurve>>,
): Readonly<Record<string, Float32Array>> {
  return Object.fromEntries(
    Object.entries(curves).map(([label, curve]) => [label, wholeCurve(curve)]),
  );
}

/** What is known of samples `[from, to)` as a curve of its own, which begins with sample 0. */
function cropped(curve: SparseCurve, from: number, to: number): SparseCurve {
  const starts: number[] = [];
  const at: number[] = [0];
  let first = 0;
  for (let piece = pieceAt(curve, from); piece < pieceCount(curve); piece += 1) {
    const start = Math.max(from, pieceFrom(curve, piece));
    if (start >= to) break;
    const begin = (curve.at[piece] as number) + start - pieceFrom(curve, piece);
    if (starts.length === 0) first = begin;
    starts.push(start - from);
    at[starts.length] = begin + Math.min(to, pieceTo(curve, piece)) - start - first;
  }
  return {
    length: to - from,
    from: Float64Array.from(starts),
    at: Uint32Array.from(at),
    values: curve.values.subarray(first, first + (at.at(-1) as number)),
  };
}

/** The whole pieces that hold any of the samples `[from, to)`. */
export function piecesBetween(curve: SparseCurve, from: number, to: number): SparseCurve {
  const first = pieceAt(curve, from);
  let end = first;
  while (end < pieceCount(curve) && pieceFrom(curve, end) < to) end += 1;
  return {
    length: curve.length,
    from: curve.from.subarray(first, end),
    at: curve.at.subarray(first, end + 1),
    values: curve.values,
    ...(curve.maxima && { maxima: curve.maxima.subarray(first, end) }),
  };
}
