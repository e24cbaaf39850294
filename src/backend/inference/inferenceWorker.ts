// One thread of the inference process: one single-thread network, windows in, curves out.

import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../base/appError.ts';
import { assertDefined } from '../../base/assert.ts';
import { release } from '../../base/release.ts';
import { decode, encode } from '../../contract/codec.ts';
import { knownProviders, type Network, openGraph, openNetwork } from '../../models/onnx.ts';
import { type ChunkInput, ChunkRunner, type Inference } from '../../models/runChunk.ts';
import type { ModelSpec } from '../../models/spec.ts';
import { openFastChunks } from '../../models/spectrogramNet/fastChunk.ts';
import type { OpenGraph } from '../../models/spectrogramNet/spectrogramScorer.ts';
import type { ChunkShare } from '../../models/stacking.ts';
import type { FromInference, ToInference } from './inferenceProtocol.ts';
import type { ThreadAnswer } from './inferenceServer.ts';

type Chunk = Extract<ToInference, { kind: 'chunk' }>;
type Windows = Extract<ToInference, { kind: 'windows' }>;
type Plan = Extract<ToInference, { kind: 'plan' }>;
type Load = Extract<ToInference, { kind: 'load' }>;
type RunChunk = (input: ChunkInput) => Promise<readonly ChunkShare[]>;
interface Loaded {
  readonly spec: ModelSpec;
  readonly network: Network;
  readonly bytes: Uint8Array;
  readonly provider: string;
}

const port = assertDefined(parentPort, 'the port of the inference worker');
const models = new Map<string, Promise<Loaded>>();
const runners = new Map<string, Promise<RunChunk>>();
let last: Promise<void> = Promise.resolve();
let networkMs = 0;

port.on('message', (frame: ArrayBuffer) => {
  const message = decode(frame) as ToInference;
  // Failures are told to whoever sends a chunk; without `catch` one would end the process before.
  if (message.kind === 'load') {
    models.set(message.model, load(message));
    models.get(message.model)?.catch(() => undefined);
  } else if (message.kind === 'plan') {
    runners.set(message.plan, runnerOf(message));
    runners.get(message.plan)?.catch(() => undefined);
  } else if (message.kind === 'warm') {
    // What fails is told to whoever sends a chunk.
    last = last.then(() => warm(message.model)).catch(() => undefined);
  } else if (message.kind === 'providers') {
    post({ kind: 'providers', id: message.id, known: knownProviders() }, frame);
  } else if (message.kind === 'windows') {
    last = last.then(async () => post(await answerWindows(message), frame));
  } else {
    last = last.then(async () => {
      const reply = await answer(message);
      post(reply, frame);
      if (reply.kind === 'curves') release(reply.shares.flatMap(arraysOf));
    });
  }
});

async function load({ spec, network: bytes, provider }: Load): Promise<Loaded> {
  return { spec, network: await openNetwork(bytes, spec, provider), bytes, provider };
}

async function warm(model: string): Promise<void> {
  const { spec, network } = await assertDefined(models.get(model), `model ${model}`);
  const { batchSize, components, windowSamples } = spec;
  await network.run(new Float32Array(batchSize * components.length * windowSamples), batchSize);
}

async function runnerOf({ model, settings, rows, wantedFrom }: Plan): Promise<RunChunk> {
  const loaded = await assertDefined(models.get(model), `model ${model}`);
  const { spec, network, bytes, provider } = loaded;
  const infer: Inference = (input, windows, windowSamples, room) =>
    timed(() => network.run(input, windows, windowSamples, room));
  const plain = (input: Float32Array, windows: number): Promise<Float32Array> =>
    infer(input, windows, spec.windowSamples);
  const tools = { open: openTimed, plain };
  // The quick way is made of graphs of its own for the processor.
  const fast =
    provider === 'cpu'
      ? await openFastChunks({ spec, network: bytes }, settings, tools)
      : undefined;
  const runner = new ChunkRunner(spec, settings, rows, infer, { fast, wantedFrom });
  return (input) => runner.run(input);
}

async function openTimed(file: Uint8Array): Promise<OpenGraph> {
  const graph = await openGraph(file);
  return {
    run: (inputs, output) => timed(() => graph.run(inputs, output)),
    release: () => graph.release(),
  };
}

async function timed<T>(run: () => Promise<T>): Promise<T> {
  const before = performance.now();
  const answer = await run();
  networkMs += performance.now() - before;
  return answer;
}

async function answer({ id, plan, input }: Chunk): Promise<FromInference> {
  try {
    const run = await assertDefined(runners.get(plan), `plan ${plan}`);
    const started = performance.now();
    networkMs = 0;
    const shares = await run(input);
    return { kind: 'curves', id, shares, networkMs, workerMs: performance.now() - started };
  } catch (error) {
    return { kind: 'failed', id, message: messageOf(error) };
  }
}

async function answerWindows(asked: Windows): Promise<FromInference> {
  const { id, model, input, windows, windowSamples } = asked;
  try {
    const { network } = await assertDefined(models.get(model), `model ${model}`);
    // The runtime's answer may be a view of memory it uses again.
    const values = (await network.run(input, windows, windowSamples)).slice();
    return { kind: 'answers', id, values };
  } catch (error) {
    return { kind: 'failed', id, message: messageOf(error) };
  }
}

/** Of its own; the answer on its way holds copies. */
function arraysOf({ values, missing, spans }: ChunkShare): ArrayBufferView[] {
  return [values, ...(missing ? [missing] : []), ...(spans ? [spans] : [])];
}

function post(reply: FromInference, spent: ArrayBuffer): void {
  const done: ThreadAnswer = { answer: encode(reply), spent };
  port.postMessage(done, [done.answer, spent]);
}
