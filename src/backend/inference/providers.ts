// Graphics processors and other ways to run a network: which there are, how fast they are here, and whether they agree with the
// processor. None is used before it has been compared.

import { availableParallelism } from 'node:os';
import { AppError, messageOf } from '../../base/appError.ts';
import type { ProviderReport } from '../../domain/event/provider.ts';
import type { RunnableModel } from '../../models/registry.ts';
import type { InferenceClient } from './inferenceClient.ts';

/** Windows that go through a network together. */
export interface ComparedBatch {
  readonly input: Float32Array;
  readonly windows: number;
  readonly windowSamples: number;
}

/** The windows a model is compared on; none means noise. */
export type ReadBatches = (model: RunnableModel) => Promise<readonly ComparedBatch[]>;

const CPU = 'cpu';
/** Of a probability: far less than what moves a pick. */
const TOLERANCE = 1e-3;
const MEASURED_MS = 600;
const MEASURED_WINDOWS = 64;
const NOISE_WINDOWS = 8;

/** Looks at each provider once for each model while Onset runs. */
export class Providers {
  readonly #inference: InferenceClient;
  readonly #readBatches: ReadBatches;
  readonly #reports = new Map<string, Promise<ProviderReport>>();

  constructor(inference: InferenceClient, readBatches: ReadBatches) {
    this.#inference = inference;
    this.#readBatches = readBatches;
  }

  /** The processor first, then all others that the runtime knows. Throws `service` when the runtime does not start. */
  async list(model: RunnableModel): Promise<ProviderReport[]> {
    const known = await this.#inference.providers();
    const others = known.map(({ name }) => name).filter((name) => name !== CPU);
    const reports: ProviderReport[] = [];
    // One after another: they are measured.
    for (const name of [CPU, ...others]) reports.push(await this.#report(model, name));
    return reports;
  }

  /** Throws `bad-input` with the reason where a network cannot be run with the provider, or would answer otherwise. */
  async assertUsable(model: RunnableModel, provider = CPU): Promise<void> {
    if (provider === CPU) return;
    const known = (await this.#inference.providers()).map(({ name }) => name);
    if (!known.includes(provider)) {
      throw new AppError(
        'bad-input',
        `there is no provider "${provider}"; the runtime of this machine knows ${known.join(', ')}, and cpu always works`,
      );
    }
    const { state, text } = await this.#report(model, provider);
    if (state !== 'ready') throw new AppError('bad-input', `${text}; use cpu`);
  }

  #report(model: RunnableModel, name: string): Promise<ProviderReport> {
    const key = `${model.spec.sha256} ${name}`;
    const known = this.#reports.get(key) ?? this.#examine(model, name);
    this.#reports.set(key, known);
    return known;
  }

  async #examine(model: RunnableModel, name: string): Promise<ProviderReport> {
    const nothing = { windowsPerSecond: undefined, largestDifference: undefined };
    try {
      if (name === CPU) {
        const windowsPerSecond = await this.#measure(model, name);
        const text = 'the processor, always there; what others are compared with';
        return { ...nothing, name, state: 'ready', text, windowsPerSecond, compared: undefined };
      }
      const batches = await this.#readBatches(model);
      const noise = batches.length === 0;
      const difference = await this.#compare(model, name, noise ? [noiseBatch(model)] : batches);
      const windowsPerSecond = await this.#measure(model, name);
      const windows = batches.reduce((sum, batch) => sum + batch.windows, 0);
      const compared = noise
        ? `${NOISE_WINDOWS} windows of noise`
        : `${windows} windows of the pack`;
      const agrees = difference <= TOLERANCE;
      return {
        ...{ name, state: agrees ? 'ready' : 'differs', windowsPerSecond, compared },
        largestDifference: difference,
        text: `${name} differs from the processor by ${difference.toExponential(1)} at most over ${compared}${agrees ? '' : `, more than ${TOLERANCE}: it is not used with ${model.spec.id}`}`,
      };
    } catch (error) {
      const text = `${name} cannot be used on this machine: ${reasonOf(messageOf(error))}`;
      return { ...nothing, name, state: 'not-usable', text, compared: undefined };
    }
  }

  /** The largest difference from the processor; infinite where one answers what is no number. */
  async #compare(
    model: RunnableModel,
    name: string,
    batches: readonly ComparedBatch[],
  ): Promise<number> {
    let largest = 0;
    for (const batch of batches) {
      const own = await this.#inference.runWindows(model, batch, name);
      const expected = await this.#inference.runWindows(model, batch);
      own.forEach((value, i) => {
        const difference = Math.abs(value - (expected[i] ?? NaN));
        largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
      });
    }
    return largest;
  }

  async #measure(model: RunnableModel, name: string): Promise<number> {
    const batch = noiseBatch(model, MEASURED_WINDOWS);
    const lanes = availableParallelism();
    const ask = () => this.#inference.runWindows(model, batch, name);
    await Promise.all(Array.from({ length: lanes }, ask));
    const started = performance.now();
    let windows = 0;
    const work = async (): Promise<void> => {
      while (performance.now() - started < MEASURED_MS) {
        await ask();
        windows += batch.windows;
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    return (1000 * windows) / (performance.now() - started);
  }
}

/** What the runtime means, where it is known. */
function reasonOf(message: string): string {
  if (/shared library/i.test(message)) return 'its libraries are not installed';
  if (/RequestAdapter|no (supported )?adapter/i.test(message)) {
    return 'it finds no graphics processor with a driver';
  }
  return (message.split('\n', 1)[0] ?? '').slice(0, 300);
}

/** The same on every machine; about as large as what networks are fed. */
function noiseBatch({ spec }: RunnableModel, windows = NOISE_WINDOWS): ComparedBatch {
  const { components, windowSamples } = spec;
  let state = 1;
  const input = Float32Array.from({ length: windows * components.length * windowSamples }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return 3.46 * (state / 2 ** 31 - 0.5);
  });
  return { input, windows, windowSamples };
}
