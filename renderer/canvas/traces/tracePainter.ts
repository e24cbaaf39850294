import type { Painted, ToPainter, TraceFrame, TraceInk } from './frame.ts';

/** The page's end of the painter's worker: hands it a canvas, traces and frames. */
export class TracePainter {
  readonly #worker = new Worker(new URL('./painter.worker.ts', import.meta.url), {
    type: 'module',
    name: 'trace painter',
  });
  readonly #onPainted: (painted: Painted, frame: TraceFrame) => void;
  /** Frames sent and not yet answered; a picture answers all that went before it. */
  readonly #frames = new Map<number, TraceFrame>();
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

  paint(frame: TraceFrame): void {
    if (frame.width < 1 || frame.height < 1) return;
    const id = ++this.#lastId;
    this.#frames.set(id, frame);
    this.#send({ kind: 'paint', id, frame });
  }

  get idle(): boolean {
    return this.#frames.size === 0;
  }

  /** Resolves when the latest frame is on the canvas. */
  async whenIdle(): Promise<void> {
    if (!this.idle) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#worker.terminate();
    this.#frames.clear();
    this.#settle();
  }

  #receive(painted: Painted): void {
    const frame = this.#frames.get(painted.id);
    for (const id of this.#frames.keys()) if (id <= painted.id) this.#frames.delete(id);
    if (frame) this.#onPainted(painted, frame);
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
