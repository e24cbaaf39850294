// One thread of the inference process: one single-thread network, windows in, curves out.

import { parentPort } from 'node:worker_threads';
import { messageOf } from '../base/appError.ts';
import { assertDefined } from '../base/assert.ts';
import { decode, encode } from '../contract/codec.ts';
import { type Network, openNetwork } from '../models/onnx.ts';
import { normaliseWindow } from '../models/preprocess.ts';
import { BATCH_SIZE, type ModelSpec, phaseLabels } from '../models/spec.ts';
import { addWindow, scaleByCover } from '../models/stacking.ts';
import {
  inverseCover,
  type WindowChunk,
  type Windowing,
  windowStart,
} from '../models/windowing.ts';
import type { FromInference, ToInference } from './inferenceProtocol.ts';

/** Windows this many lengths away from either end of a stretch are not moved by it. */
const WINDOWS_FROM_END = 2;

type Chunk = Extract<ToInference, { kind: 'chunk' }>;
interface Loaded {
  readonly spec: ModelSpec;
  readonly network: Network;
  readonly batch: Float32Array;
}

const port = assertDefined(parentPort, 'the port of the inference worker');
const models = new Map<string, Promise<Loaded>>();
let last: Promise<void> = Promise.resolve();

port.on('message', (frame: ArrayBuffer) => {
  const message = decode(frame) as ToInference;
  if (message.kind === 'load') {
    models.set(message.model, load(message.spec, message.network));
    // Told to whoever sends a chunk; without this a failed load would end the process before.
    models.get(message.model)?.catch(() => undefined);
  } else {
    last = last.then(() => answer(message));
  }
});

async function load(spec: ModelSpec, bytes: Uint8Array): Promise<Loaded> {
  const network = await openNetwork(bytes, spec);
  const batch = new Float32Array(BATCH_SIZE * spec.components.length * spec.windowSamples);
  return { spec, network, batch };
}

async function answer(message: Chunk): Promise<void> {
  let reply: FromInference;
  try {
    const loaded = assertDefined(models.get(message.model), `model ${message.model}`);
    reply = await curvesOf(await loaded, message);
  } catch (error) {
    reply = { kind: 'failed', id: message.id, message: messageOf(error) };
  }
  const frame = encode(reply);
  port.postMessage(frame, [frame]);
}

async function curvesOf(loaded: Loaded, message: Chunk): Promise<FromInference> {
  const { spec, network, batch } = loaded;
  const { windowing, chunk } = message;
  const started = performance.now();
  let networkMs = 0;
  const phases = phaseLabels(spec);
  const curves = phases.map(() => new Float32Array(chunk.to - chunk.from));
  const rows = spec.labels.length;
  for (let done = 0; done < chunk.windows; done += BATCH_SIZE) {
    const count = Math.min(BATCH_SIZE, chunk.windows - done);
    fillBatch(spec, message, chunk.firstWindow + done, count, batch);
    const before = performance.now();
    const output = await network.run(batch, count);
    networkMs += performance.now() - before;
    for (let i = 0; i < count; i += 1) {
      phases.forEach(({ row }, k) => {
        const at = (i * rows + row) * spec.windowSamples;
        const sum = assertDefined(curves[k], 'a curve for every phase');
        addWindow(windowing, chunk, chunk.firstWindow + done + i, output, at, sum);
      });
    }
  }
  const inverse = coverOf(windowing, chunk);
  for (const curve of curves) scaleByCover(curve, inverse);
  const workerMs = performance.now() - started;
  return { kind: 'curves', id: message.id, curves, networkMs, workerMs };
}

let lastCover: { readonly key: string; readonly inverse: Float32Array } | undefined;

/** All chunks but the first and the last of a stretch are covered alike. */
function coverOf(windowing: Windowing, chunk: WindowChunk): Float32Array {
  const { stretchSamples, windowSamples, hopSamples, blindingSamples } = windowing;
  const reach = WINDOWS_FROM_END * windowSamples;
  if (chunk.from < reach || stretchSamples - chunk.to < reach)
    return inverseCover(windowing, chunk);
  const key = [windowSamples, hopSamples, ...blindingSamples, chunk.windows].join(' ');
  if (lastCover?.key !== key) lastCover = { key, inverse: inverseCover(windowing, chunk) };
  return lastCover.inverse;
}

function fillBatch(
  spec: ModelSpec,
  { inputs, windowing, chunk }: Chunk,
  firstWindow: number,
  count: number,
  batch: Float32Array,
): void {
  const { windowSamples, normalisation } = spec;
  for (let i = 0; i < count; i += 1) {
    const from = windowStart(windowing, firstWindow + i) - chunk.from;
    spec.components.forEach((_, component) => {
      const at = (i * spec.components.length + component) * windowSamples;
      const samples = inputs[component];
      if (samples === undefined) batch.fill(0, at, at + windowSamples);
      else normaliseWindow(samples, from, windowSamples, normalisation, batch, at);
    });
  }
}
