// Curves of which only the high parts are wanted, put together from the chunks' shares without ever being whole.

import { denseCurve, type SparseCurve } from './pickRules/sparseCurve.ts';
import { type ChunkShare, CurveAssembly, eachSpan, takeLarger } from './stacking.ts';
import { chunkSpan, curveLength, type WindowChunk, type Windowing } from './windowing.ts';

/** Samples of a curve from `from` on, one chunk's part of them. */
interface Part {
  readonly from: number;
  readonly values: Float32Array;
}

/** As `CurveAssembly`, for shares that hold what is wanted only. */
export class WantedAssembly {
  readonly #windowing: Windowing;
  readonly #chunks: readonly WindowChunk[];
  readonly #rows: number;
  readonly #shares: (readonly ChunkShare[])[] = [];

  /** `chunks` are all chunks of the stretch. */
  constructor(windowing: Windowing, chunks: readonly WindowChunk[], curves: number) {
    this.#windowing = windowing;
    this.#chunks = chunks;
    this.#rows = curves;
  }

  /** Takes what chunk `index` answered, one share a curve; the arrays are not held on to. */
  add(index: number, shares: readonly ChunkShare[]): void {
    this.#shares[index] = shares.map(({ values, missing, spans }) => ({
      values: values.slice(),
      missing: missing?.slice(),
      ...(spans && { spans: spans.slice() }),
    }));
  }

  finish(): readonly SparseCurve[] {
    const holed = this.#shares.some((ofChunk) => ofChunk.some(({ missing }) => missing));
    if (holed) return this.#whole();
    return Array.from({ length: this.#rows }, (_, k) => this.#joined(k));
  }

  /** Answers that are missing are made up for over the whole curve. */
  #whole(): readonly SparseCurve[] {
    const whole = new CurveAssembly(this.#windowing, this.#chunks, this.#rows);
    this.#shares.forEach((shares, index) => whole.add(index, shares));
    return whole.finish().map(denseCurve);
  }

  #joined(row: number): SparseCurve {
    const parts: Part[] = [];
    this.#shares.forEach((shares, index) => {
      const share = shares[row];
      const chunk = this.#chunks[index];
      if (share === undefined || chunk === undefined) return;
      const { values, spans = [0, values.length] } = share;
      const first = chunkSpan(this.#windowing, chunk).from;
      eachSpan(spans, (from, to, at) => {
        parts.push({ from: first + from, values: values.subarray(at, at + to - from) });
      });
    });
    parts.sort((a, b) => a.from - b.from);
    return joinedParts(parts, curveLength(this.#windowing), this.#windowing.stacking === 'max');
  }
}

/** Parts in order of their first samples; where they overlap they are added, or the larger wins. */
function joinedParts(parts: readonly Part[], length: number, larger: boolean): SparseCurve {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  const from: number[] = [];
  const at: number[] = [0];
  let filled = 0;
  let end = -1;
  for (const part of parts) {
    if (part.from > end) {
      from.push(part.from);
      end = part.from;
    }
    const shared = Math.min(end - part.from, part.values.length);
    const sharedAt = filled - (end - part.from);
    for (let i = 0; i < shared; i += 1) {
      if (larger) takeLarger(values, sharedAt + i, part.values, i);
      else values[sharedAt + i] = (values[sharedAt + i] as number) + (part.values[i] as number);
    }
    values.set(part.values.subarray(shared), filled);
    filled += part.values.length - shared;
    end += part.values.length - shared;
    at[from.length] = filled;
  }
  return {
    length,
    from: Float64Array.from(from),
    at: Uint32Array.from(at),
    values: values.subarray(0, filled),
  };
}
