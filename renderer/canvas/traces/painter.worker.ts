import type { Painted, ToPainter, TraceFrame, TraceInk } from './frame.ts';
import { FramePainter } from './paintFrame.ts';
import type { Surface } from './surface.ts';

// Owns the canvas of the traces. Frames that arrive while one is being painted replace each other:
// only the latest is painted, and every one of them is answered by that picture.

const traces = new Map<string, TraceInk>();
const painter = new FramePainter();
let context: OffscreenCanvasRenderingContext2D | undefined;
let image: ImageData | undefined;
let surface: Surface | undefined;
let wanted: { id: number; frame: TraceFrame } | undefined;

function resize({ width, height }: TraceFrame): void {
  if (!context || (surface && surface.width === width && surface.height === height)) return;
  context.canvas.width = width;
  context.canvas.height = height;
  image = context.createImageData(width, height);
  surface = { width, height, pixels: new Uint32Array(image.data.buffer) };
}

function paintLatest(): void {
  const latest = wanted;
  wanted = undefined;
  if (!latest || !context) return;
  const startedMs = performance.now();
  resize(latest.frame);
  if (!surface || !image) return;
  const peaks = painter.paint(surface, latest.frame, (key) => traces.get(key));
  context.putImageData(image, 0, 0);
  const painted: Painted = { id: latest.id, paintMs: performance.now() - startedMs, peaks };
  self.postMessage(painted, { transfer: [peaks.buffer] });
}

function keepOnly(keys: readonly string[]): void {
  const kept = new Set(keys);
  for (const key of traces.keys()) if (!kept.has(key)) traces.delete(key);
}

self.addEventListener('message', ({ data }: MessageEvent<ToPainter>) => {
  if (data.kind === 'attach') {
    context = data.canvas.getContext('2d', { alpha: false }) ?? undefined;
    surface = undefined;
  } else if (data.kind === 'put') for (const trace of data.traces) traces.set(trace.key, trace);
  else if (data.kind === 'keep') keepOnly(data.keys);
  else {
    if (!wanted) setTimeout(paintLatest, 0);
    wanted = { id: data.id, frame: data.frame };
  }
});
