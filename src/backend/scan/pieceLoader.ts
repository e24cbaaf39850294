import { AppError, messageOf } from '../../base/appError.ts';
import { throwIfCancelled } from '../../base/cancel.ts';
import type { WaveformStore } from '../../waveforms/store.ts';
import type { Pool } from '../pool.ts';
import { bytesOf, type Piece } from '../streamIndex.ts';

interface Load {
  readonly controller: AbortController;
  readonly finished: Promise<void>;
  waiting: number;
}

/** Up to this many samples of a file are decoded in one task: half a day at 100 Hz, so that three days share two workers evenly. */
const BATCH_SAMPLES = 4_500_000;

/** A task that has this many does not take on another stream: channels are decoded side by side. */
const SHARED_SAMPLES = 1_000_000;

/** Decodes pieces into the store: each at most once at a time, whoever asks, and not at all when nobody waits any more. */
export class PieceLoader {
  readonly #pool: Pool;
  readonly #store: WaveformStore;
  readonly #onLoaded: () => void;
  readonly #loads = new Map<string, Load>();
  readonly #failures = new Map<string, string>();

  constructor(parts: { pool: Pool; store: WaveformStore; onLoaded: () => void }) {
    this.#pool = parts.pool;
    this.#store = parts.store;
    this.#onLoaded = parts.onLoaded;
  }

  failure(piece: Piece): string | undefined {
    return this.#failures.get(piece.id);
  }

  /** Drops what is known of a piece whose file has changed. */
  forget(piece: Piece): void {
    this.#loads.get(piece.id)?.controller.abort();
    this.#failures.delete(piece.id);
    this.#store.remove(piece.id);
  }

  async load(pieces: readonly Piece[], signal?: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const fresh = pieces.filter((piece) => !this.#loads.has(piece.id));
    for (const batch of batches(fresh)) this.#start(batch);
    const loads = new Set(pieces.flatMap((piece) => this.#loads.get(piece.id) ?? []));
    if (loads.size === 0) return;
    for (const load of loads) load.waiting++;
    const done = Promise.all([...loads].map((load) => load.finished));
    try {
      await (signal ? untilAborted(done, signal) : done);
    } finally {
      for (const load of loads) if (--load.waiting === 0) load.controller.abort();
    }
  }

  close(): void {
    for (const load of this.#loads.values()) load.controller.abort();
  }

  #start(batch: readonly Piece[]): void {
    const controller = new AbortController();
    const load: Load = {
      controller,
      waiting: 0,
      finished: this.#decode(batch, controller.signal).finally(() => {
        for (const piece of batch) {
          if (this.#loads.get(piece.id) === load) this.#loads.delete(piece.id);
        }
      }),
    };
    for (const piece of batch) this.#loads.set(piece.id, load);
  }

  async #decode(batch: readonly Piece[], signal: AbortSignal): Promise<void> {
    const path = batch[0]?.path ?? '';
    try {
      const requests = batch.map(({ id, streamKey, window }) => ({ id, streamKey, window }));
      const task = { path, bytes: bytesOf(batch), pieces: requests };
      const loaded = await this.#pool.run('loadPieces', task, { signal });
      for (const piece of loaded) this.#store.put(piece.id, piece.streamKey, piece.segments);
      this.#onLoaded();
    } catch (error) {
      // Nobody waits any more: the piece is simply not there yet.
      if (error instanceof AppError && error.code === 'cancelled') return;
      for (const piece of batch) this.#failures.set(piece.id, messageOf(error));
    }
  }
}

/** Pieces of one file together, a few million samples each, streams side by side. */
function batches(pieces: readonly Piece[]): Piece[][] {
  const byPath = Map.groupBy(pieces, (piece) => piece.path);
  const found: Piece[][] = [];
  for (const ofFile of byPath.values()) {
    let batch: Piece[] = [];
    let samples = 0;
    for (const piece of ofFile) {
      const other = batch.at(-1)?.streamKey !== piece.streamKey && samples > SHARED_SAMPLES;
      if (batch.length > 0 && (other || samples + piece.sampleCount > BATCH_SAMPLES)) {
        found.push(batch);
        [batch, samples] = [[], 0];
      }
      batch.push(piece);
      samples += piece.sampleCount;
    }
    if (batch.length > 0) found.push(batch);
  }
  return found;
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new AppError('cancelled', 'Cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
