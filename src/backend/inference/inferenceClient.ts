// The backend's end of the inference process. Chunks of windows go out, shares of the curves come back.
// The process may die at any moment: it is started again and gets what it had not answered.

import { availableParallelism } from 'node:os';
import { AppError } from '../../base/appError.ts';
import { decode, encode, encodeParts } from '../../contract/codec.ts';
import type { Transport } from '../../contract/transport.ts';
import type { RunnableModel } from '../../models/registry.ts';
import type { SparseCurve } from '../../models/pickRules/sparseCurve.ts';
import { CurveAssembly } from '../../models/stacking.ts';
import { WantedAssembly } from '../../models/wantedAssembly.ts';
import type { WindowChunk } from '../../models/windowing.ts';
import type { FromInference, ToInference } from './inferenceProtocol.ts';
import { type ChunkTask, type Stretch, windowsOf } from './inferenceStretch.ts';

/** The pipe to an inference process, and the process where it can be named. */
export type InferencePipe = Transport & { kill?(): void; readonly processId?: number | undefined };
/** Starts one inference process with so many threads. */
export type StartInference = (threadCount: number) => Promise<InferencePipe>;

/** What the process has done since the client was made; for benches. */
export interface InferenceStats {
  windows: number;
  networkMs: number;
  workerMs: number;
  deaths: number;
}

const DEATHS_PER_CHUNK = 3;
/** A process with nothing to do is ended after so long: it holds a few hundred megabytes. */
const IDLE_MS = 10 * 60_000;

/** A single question to the process, and who waits for the answer. */
interface Ask {
  message(pipe: InferencePipe, id: number): ToInference;
  answer(reply: FromInference): void;
  reject(error: AppError): void;
}

const CPU = 'cpu';

export class InferenceClient {
  readonly stats: InferenceStats = { windows: 0, networkMs: 0, workerMs: 0, deaths: 0 };
  readonly #start: StartInference;
  readonly #threadCount: number;
  readonly #inFlight = new Map<number, ChunkTask>();
  readonly #asked = new Map<number, Ask>();
  #asks: Ask[] = [];
  #queue: ChunkTask[] = [];
  #pipe: InferencePipe | undefined;
  #loaded = new Set<string>();
  #starting = false;
  #deathsInARow = 0;
  /** Models to be loaded by a process that is being started, and whether there is time to run them once. */
  readonly #expected = new Map<RunnableModel, boolean>();
  #disposed = false;
  #lastId = 0;
  readonly #idleMs: number;
  #idleTimer: NodeJS.Timeout | undefined;

  /** A process that had nothing to do for `idleMs` is ended, and started again when there is. */
  constructor(start: StartInference, threadCount = availableParallelism(), idleMs = IDLE_MS) {
    this.#start = start;
    this.#threadCount = threadCount;
    this.#idleMs = idleMs;
  }

  /**
   * The curve of each row asked for, one value a sample of the stretch or one a window; NaN where no window
   * answers. Throws `cancelled`, or `service` when the process keeps dying on the same windows.
   */
  async run(stretch: Stretch, signal: AbortSignal): Promise<readonly Float32Array[]> {
    const { windowing, chunks } = windowsOf(stretch);
    const assembly = new CurveAssembly(windowing, chunks, stretch.rows.length);
    await this.#runChunks({ stretch, wantedFrom: undefined, windowing, assembly }, chunks, signal);
    return assembly.finish();
  }

  /** As `run`, but only values of `wantedFrom` or more are told, and their neighbours. */
  async runWanted(
    stretch: Stretch,
    wantedFrom: number,
    signal: AbortSignal,
  ): Promise<readonly SparseCurve[]> {
    const { windowing, chunks } = windowsOf(stretch);
    const assembly = new WantedAssembly(windowing, chunks, stretch.rows.length);
    await this.#runChunks({ stretch, wantedFrom, windowing, assembly }, chunks, signal);
    return assembly.finish();
  }

  #runChunks(
    place: Pick<ChunkTask, 'stretch' | 'wantedFrom' | 'windowing' | 'assembly'>,
    chunks: readonly WindowChunk[],
    signal: AbortSignal,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = chunks.length;
      let settled = left === 0;
      if (settled) resolve();
      const cancel = (): void => fail(new AppError('cancelled', 'the run was cancelled'));
      const settle = (): void => {
        settled = true;
        signal.removeEventListener('abort', cancel);
      };
      const fail = (error: AppError): void => {
        if (settled) return;
        settle();
        this.#queue = this.#queue.filter((task) => task.assembly !== place.assembly);
        reject(error);
      };
      const finish = (): void => {
        left -= 1;
        if (left > 0 || settled) return;
        settle();
        resolve();
      };
      const live = (): boolean => !settled;
      if (signal.aborted) return cancel();
      signal.addEventListener('abort', cancel, { once: true });
      chunks.forEach((chunk, index) => {
        this.#queue.push({ ...place, chunk, index, deaths: 0, finish, fail, live });
      });
      this.#pump();
    });
  }

  /**
   * The network's answers to windows as they are fed (windows × components × samples): windows × labels × samples,
   * or windows × labels. Throws `service` with what the runtime says.
   */
  runWindows(
    model: RunnableModel,
    windows: {
      readonly input: Float32Array;
      readonly windows: number;
      readonly windowSamples: number;
    },
    provider = CPU,
  ): Promise<Float32Array> {
    return this.#question(
      (pipe, id) => ({ kind: 'windows', id, model: this.#load(pipe, model, provider), ...windows }),
      // The pipe uses the memory of a frame again.
      (reply) => (reply.kind === 'answers' ? reply.values.slice() : undefined),
    );
  }

  /** What the runtime knows to run networks with; whether this machine can is told by trying. */
  providers(): Promise<readonly { readonly name: string; readonly bundled: boolean }[]> {
    return this.#question(
      (_pipe, id) => ({ kind: 'providers', id }),
      (reply) => (reply.kind === 'providers' ? reply.known : undefined),
    );
  }

  /**
   * Starts the process and loads the model before there is something to run; with time for it the model is run once too.
   * What fails is told by the run.
   */
  prepare(model: RunnableModel, warm = false): void {
    if (this.#disposed) return;
    if (this.#pipe === undefined) {
      this.#expected.set(model, warm);
      void this.#connect();
    } else {
      this.#ready(this.#pipe, model, warm);
      this.#rest();
    }
  }

  #ready(pipe: InferencePipe, model: RunnableModel, warm: boolean): void {
    const known = this.#loaded.has(model.spec.sha256);
    const name = this.#load(pipe, model);
    if (warm && !known && !this.#busy) post(pipe, { kind: 'warm', model: name });
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idleTimer);
    this.#failAll(new AppError('cancelled', 'Onset is closing'));
    this.#pipe?.kill?.();
    this.#pipe = undefined;
  }

  get #busy(): boolean {
    const left = this.#queue.length + this.#asks.length;
    return left + this.#inFlight.size + this.#asked.size > 0;
  }

  /** Counts the time with nothing to do anew. */
  #rest(): void {
    clearTimeout(this.#idleTimer);
    if (this.#busy || this.#disposed) return;
    this.#idleTimer = setTimeout(() => {
      const pipe = this.#pipe;
      if (this.#busy || pipe?.kill === undefined) return;
      this.#pipe = undefined;
      pipe.kill();
    }, this.#idleMs);
    this.#idleTimer.unref();
  }

  #pump(): void {
    this.#rest();
    if ((this.#queue.length === 0 && this.#asks.length === 0) || this.#disposed) return;
    const pipe = this.#pipe;
    if (pipe === undefined) {
      void this.#connect();
      return;
    }
    for (const ask of this.#asks.splice(0)) this.#ask(pipe, ask);
    while (this.#inFlight.size < this.#limit()) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      this.#send(pipe, task);
    }
  }

  /** After a death the windows under suspicion go one chunk at a time, so that only the culprit is blamed. */
  #limit(): number {
    const suspect =
      (this.#queue[0]?.deaths ?? 0) > 0 ||
      [...this.#inFlight.values()].some(({ deaths }) => deaths > 0);
    return suspect ? 1 : 2 * this.#threadCount + 1;
  }

  #send(pipe: InferencePipe, task: ChunkTask): void {
    const { windowing, chunk, stretch } = task;
    const plan = this.#plan(pipe, stretch, task.wantedFrom);
    this.#lastId += 1;
    const id = this.#lastId;
    this.#inFlight.set(id, task);
    const samples = stretch.inputs.map((input) => input?.subarray(chunk.from, chunk.to));
    post(pipe, { kind: 'chunk', id, plan, input: { windowing, chunk, samples } });
  }

  #question<T>(
    message: Ask['message'],
    answerOf: (reply: FromInference) => T | undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = (reply: FromInference): void => {
        const found = answerOf(reply);
        if (found !== undefined) resolve(found);
        else reject(notRun(reply.kind === 'failed' ? reply.message : reply.kind));
      };
      this.#asks.push({ message, answer, reject });
      this.#pump();
    });
  }

  #ask(pipe: InferencePipe, ask: Ask): void {
    this.#lastId += 1;
    this.#asked.set(this.#lastId, ask);
    post(pipe, ask.message(pipe, this.#lastId));
  }

  /** Sends how a model is run once to each process; answers the name its chunks give. */
  #plan(
    pipe: InferencePipe,
    { model, settings, rows }: Stretch,
    wantedFrom: number | undefined,
  ): string {
    const key = this.#load(pipe, model, settings.provider);
    const plan = JSON.stringify([key, settings, rows, wantedFrom]);
    if (!this.#loaded.has(plan)) {
      this.#loaded.add(plan);
      const wanted = wantedFrom === undefined ? {} : { wantedFrom };
      post(pipe, { kind: 'plan', plan, model: key, settings, rows, ...wanted });
    }
    return plan;
  }

  /** Sends a model once to each process; answers the name its chunks give. */
  #load(pipe: InferencePipe, { spec, network }: RunnableModel, provider = CPU): string {
    const model = provider === CPU ? spec.sha256 : `${spec.sha256} ${provider}`;
    if (!this.#loaded.has(model)) {
      this.#loaded.add(model);
      post(pipe, { kind: 'load', model, provider, spec, network });
    }
    return model;
  }

  async #connect(): Promise<void> {
    if (this.#starting) return;
    this.#starting = true;
    try {
      const pipe = await this.#start(this.#threadCount);
      this.#loaded = new Set();
      this.#pipe = pipe;
      pipe.onFrame((frame) => this.#receive(decode(frame) as FromInference));
      pipe.onClose(() => this.#lost(pipe));
      for (const [model, warm] of this.#expected) this.#ready(pipe, model, warm);
      if (this.#disposed) pipe.kill?.();
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      this.#failAll(new AppError('service', error.message, { cause }));
    } finally {
      this.#starting = false;
      this.#expected.clear();
    }
    this.#pump();
  }

  #receive(message: FromInference): void {
    const ask = this.#asked.get(message.id);
    if (ask !== undefined) {
      this.#asked.delete(message.id);
      ask.answer(message);
      return;
    }
    const task = this.#inFlight.get(message.id);
    this.#inFlight.delete(message.id);
    this.#deathsInARow = 0;
    if (task?.live() === true) {
      if (message.kind === 'failed') {
        task.fail(notRun(message.message));
      } else if (message.kind === 'curves') {
        this.#accept(task, message);
      }
    }
    this.#pump();
  }

  #accept(task: ChunkTask, message: Extract<FromInference, { kind: 'curves' }>): void {
    task.assembly.add(task.index, message.shares);
    this.stats.windows += task.chunk.windows;
    this.stats.networkMs += message.networkMs;
    this.stats.workerMs += message.workerMs;
    task.stretch.onWindows?.(task.chunk.windows);
    task.finish();
  }

  /** The process is gone: what it had not answered is asked again, unless it killed it time after time. */
  #lost(pipe: InferencePipe): void {
    if (this.#pipe !== pipe || this.#disposed) return;
    this.#pipe = undefined;
    this.stats.deaths += 1;
    this.#deathsInARow += 1;
    this.#failAsks(new AppError('service', 'the process of the model ended on these windows'));
    const unanswered = [...this.#inFlight.values()].filter((task) => task.live());
    this.#inFlight.clear();
    for (const task of unanswered) task.deaths += 1;
    for (const task of unanswered) {
      if (task.deaths < DEATHS_PER_CHUNK) continue;
      task.fail(
        new AppError(
          'service',
          `the model's process ended ${DEATHS_PER_CHUNK} times on the same ${task.chunk.windows} windows; these data were skipped`,
        ),
      );
    }
    this.#queue.unshift(...unanswered.filter((task) => task.live()));
    if (this.#deathsInARow > 4 * DEATHS_PER_CHUNK) {
      this.#failAll(
        new AppError(
          'service',
          "the model's process ends as soon as it is started; what it wrote to the terminal says why",
        ),
      );
    }
    this.#pump();
  }

  #failAll(error: AppError): void {
    const tasks = [...this.#inFlight.values(), ...this.#queue];
    this.#inFlight.clear();
    this.#queue = [];
    for (const task of tasks) task.fail(error);
    this.#failAsks(error);
  }

  #failAsks(error: AppError): void {
    const asks = [...this.#asked.values(), ...this.#asks];
    this.#asked.clear();
    this.#asks = [];
    for (const ask of asks) ask.reject(error);
  }
}

function notRun(why: string): AppError {
  return new AppError('service', `the model could not be run: ${why}`);
}

function post(pipe: InferencePipe, message: ToInference): void {
  if (pipe.sendParts) pipe.sendParts(encodeParts(message));
  else pipe.send(encode(message));
}
