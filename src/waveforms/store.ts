// The one owner of samples in memory. It knows neither files nor drawing: `backend/sources` fills it on demand and
// fills again what was evicted.

import { overlaps, type TimeWindow } from '../domain/waveform/timeWindow.ts';
import { pyramidBytes } from '../signal/pyramid.ts';
import { type Arrangement, arrange, clipRun, samplesAgree } from './arrange.ts';
import { segmentWindow, type StoredSegment } from './storedSegment.ts';

/** What of a piece must be in memory: pyramids draw long windows, everything else needs samples. */
export type Need = 'samples' | 'pyramid';

interface Piece {
  readonly id: string;
  readonly streamKey: string;
  segments: StoredSegment[];
  sampleBytes: number;
  pyramidBytes: number;
  usedAt: number;
}

const DEFAULT_BUDGET_BYTES = 1_000_000_000;

/** Samples and pyramids by piece (what is loaded at once: a stretch of one stream in one file), under a byte budget. */
export class WaveformStore {
  readonly budgetBytes: number;
  readonly #pieces = new Map<string, Piece>();
  readonly #byStream = new Map<string, Set<Piece>>();
  /** Verdicts on overlapping segments, kept with the first of the two. */
  readonly #agreements = new WeakMap<object, WeakMap<object, boolean>>();
  #bytes = 0;
  #clock = 0;

  constructor(options: { budgetBytes?: number } = {}) {
    this.budgetBytes = options.budgetBytes ?? DEFAULT_BUDGET_BYTES;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes over a piece's segments (none when the file gave none), and evicts what was used longest ago. */
  put(id: string, streamKey: string, segments: readonly StoredSegment[]): void {
    this.remove(id);
    const piece: Piece = {
      ...{ id, streamKey, segments: [...segments], usedAt: ++this.#clock },
      sampleBytes: segments.reduce((sum, s) => sum + (s.samples?.byteLength ?? 0), 0),
      pyramidBytes: segments.reduce((sum, s) => sum + (s.pyramid ? pyramidBytes(s.pyramid) : 0), 0),
    };
    this.#compareWithOthers(piece);
    this.#pieces.set(id, piece);
    const ofStream = this.#byStream.get(streamKey) ?? new Set();
    this.#byStream.set(streamKey, ofStream.add(piece));
    this.#bytes += piece.sampleBytes + piece.pyramidBytes;
    this.#evict(piece);
  }

  remove(id: string): void {
    const piece = this.#pieces.get(id);
    if (!piece) return;
    this.#bytes -= piece.sampleBytes + piece.pyramidBytes;
    this.#pieces.delete(id);
    this.#byStream.get(piece.streamKey)?.delete(piece);
  }

  /** Whether a piece is there as far as needed; asking counts as use. */
  has(id: string, need: Need): boolean {
    const piece = this.#pieces.get(id);
    if (!piece) return false;
    piece.usedAt = ++this.#clock;
    return piece.segments.every(
      (segment) => (need === 'samples' ? segment.samples : segment.pyramid) !== undefined,
    );
  }

  /** What is in memory of a stream in a window (widened by `padNs`), arranged into runs. */
  window(streamKey: string, window: TimeWindow, padNs = 0n): Arrangement {
    const segments: StoredSegment[] = [];
    for (const piece of this.#byStream.get(streamKey) ?? []) {
      piece.usedAt = ++this.#clock;
      segments.push(...piece.segments);
    }
    const { runs, overlaps: disagreeing } = arrange(segments, (a, b) => this.#agree(a, b));
    return {
      runs: runs.map((run) => clipRun(run, window, padNs)).filter((run) => run.slices.length > 0),
      overlaps: disagreeing.filter((overlap) => overlaps(overlap, window)),
    };
  }

  clear(): void {
    this.#pieces.clear();
    this.#byStream.clear();
    this.#bytes = 0;
  }

  /** Samples of the pieces used longest ago go first, pyramids only when no samples are left to give. */
  #evict(newest: Piece): void {
    if (this.#bytes <= this.budgetBytes) return;
    const byAge = [...this.#pieces.values()].sort((a, b) => a.usedAt - b.usedAt);
    for (const piece of byAge) {
      if (this.#bytes <= this.budgetBytes) return;
      if (piece === newest || piece.sampleBytes === 0) continue;
      this.#dropSamples(piece);
    }
    for (const piece of byAge) {
      if (this.#bytes <= this.budgetBytes) return;
      if (piece !== newest) this.remove(piece.id);
    }
  }

  #dropSamples(piece: Piece): void {
    this.#bytes -= piece.sampleBytes;
    piece.sampleBytes = 0;
    piece.segments = piece.segments.map((segment) => ({ ...segment, samples: undefined }));
  }

  #compareWithOthers(piece: Piece): void {
    const others = [...(this.#byStream.get(piece.streamKey) ?? [])].flatMap((p) => p.segments);
    const all = [...others, ...piece.segments];
    for (const segment of piece.segments) {
      const span = segmentWindow(segment);
      for (const other of all) {
        if (other === segment || !overlaps(span, segmentWindow(other))) continue;
        if (!segment.samples || !other.samples) continue;
        this.#setVerdict(segment, other, samplesAgree(segment, other));
      }
    }
  }

  #setVerdict(a: StoredSegment, b: StoredSegment, verdict: boolean): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const verdicts = this.#agreements.get(identity(from)) ?? new WeakMap<object, boolean>();
      verdicts.set(identity(to), verdict);
      this.#agreements.set(identity(from), verdicts);
    }
  }

  #agree(a: StoredSegment, b: StoredSegment): boolean {
    return this.#agreements.get(identity(a))?.get(identity(b)) ?? samplesAgree(a, b);
  }
}

/** Verdicts hang on the pyramid, which outlives the samples. */
function identity(segment: StoredSegment): object {
  return segment.pyramid ?? segment;
}
