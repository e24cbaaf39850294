import type { Painted, ToPainter, TraceFrame, TraceInk } from './frame.ts';

/** The page's end of the painter's worker: hands it a canvas, traces and frames. */
export class TracePainter {
  readonly #worker = new Worker(new URL('./painter.worker.ts', import.meta.url), {
    type: 'module',
    name: 'trace painter',
  });
  readonly #onPainted: (painted: Painted, frame: TraceFrame) => void;
  /** The frame being painted, and the latest that waits for it to be done. */
  #sent: { readonly id: number; readonly frame: TraceFrame } | undefined;
  #next: TraceFrame | undefined;
  #waiting: (() => void)[] = [];
  #lastId = 0;

  constructor(onPainted: (painted: Painted, frame: TraceFrame) => void) {
    this.#onPainted = onPainted;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Painted>) =>
      this.#receive(data),
    );
  }

  /** May be called once for a canvas: it belongs to the worker from then on. */
  attach(canvas: HTMLCanvasElement): void {
    const offscreen = canvas.transferControlToOffscreen();
    this.#send({ kind: 'attach', canvas: offscreen }, [offscreen]);
  }

  /** Replaces traces by key. Their samples move to the worker and must not be used afterwards. */
  putTraces(traces: readonly TraceInk[]): void {
    const buffers = new Set<ArrayBuffer>();
    for (const { parts } of traces) {
      for (const { values } of parts) {
        if (values.buffer instanceof ArrayBuffer) buffers.add(values.buffer);
      }
    }
    this.#send({ kind: 'put', traces }, [...buffers]);
  }

  /** Forgets every other trace. */
  keepOnly(keys: readonly string[]): void {
    this.#send({ kind: 'keep', keys });
  }

  /** Frames that come while one is being painted replace each other. */
  paint(frame: TraceFrame): void {
    if (frame.width < 1 || frame.height < 1) return;
    if (this.#sent) {
      this.#next = frame;
      return;
    }
    this.#sent = { id: ++this.#lastId, frame };
    this.#send({ kind: 'paint', ...this.#sent });
  }

  get idle(): boolean {
    return this.#sent === undefined;
  }

  /** Resolves when the latest frame is on the canvas. */
  async whenIdle(): Promise<void> {
    if (!this.idle) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#worker.terminate();
    this.#sent = undefined;
    this.#next = undefined;
    this.#settle();
  }

  #receive(painted: Painted): void {
    const sent = this.#sent;
    if (sent?.id !== painted.id) return;
    const next = this.#next;
    this.#sent = undefined;
    this.#next = undefined;
    if (next) this.paint(next);
    this.#onPainted(painted, sent.frame);
    if (this.idle) this.#settle();
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #send(message: ToPainter, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}
