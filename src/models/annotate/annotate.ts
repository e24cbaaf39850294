// Records in, probability curves out, as SeisBench 0.12's `annotate` does it ("A toolbox for machine learning in
// seismology", Woollam et al. 2022), except that offsets are rounded to samples and never cut.

import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { type AnnotatedCurve, type CurveStack, curveStackFor } from './curveStack.ts';
import { cutPieces, groupByLocation, type Piece } from './pieces.ts';
import { checkSettings, type RunnerSpec, type RunSettings } from './runnerSpec.ts';
import { prepareTraces, type RunNote } from './traces.ts';
import { windowScratch, writeWindow } from './windowInput.ts';

/**
 * Runs the network on `windows` × components × samples, and answers windows × labels × samples, or windows ×
 * labels for networks with one answer per window. The input is overwritten once the answer is there.
 */
export type Inference = (input: Float32Array, windows: number) => Promise<Float32Array>;

export interface Annotation {
  /** By location, time and label; a curve for each stretch of data. */
  readonly curves: readonly AnnotatedCurve[];
  readonly notes: readonly RunNote[];
}

/**
 * Probability curves of all locations in `traces`. Order of work: join, filter, resample, leave out records that
 * disagree, group by NET.STA.LOC, cut into pieces, cut into windows, prepare each window, infer in batches that may
 * span pieces, blind, stack, trim. Throws `bad-input` for settings that cannot work; data that give nothing
 * are told in `notes`.
 */
export async function annotate(
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
  infer: Inference,
): Promise<Annotation> {
  checkSettings(spec, settings);
  const notes: RunNote[] = [];
  const curves: AnnotatedCurve[] = [];
  const batch = new Batch(spec, settings.batchSize, infer);
  const stacks: CurveStack[] = [];
  for (const piece of piecesOf(traces, spec, settings, notes)) {
    const stack = curveStackFor(piece, spec, settings);
    for (let window = 0; window < stack.windows; window += 1) {
      if (batch.add(piece, stack, window)) {
        await batch.run();
        while (stacks.length > 0) curves.push(...(stacks.shift()?.curves() ?? []));
      }
    }
    stacks.push(stack);
  }
  await batch.run();
  for (const stack of stacks) curves.push(...stack.curves());
  return { curves, notes: withoutRepeats(notes) };
}

/** A record in many parts has the same to say of each. */
function withoutRepeats(notes: readonly RunNote[]): RunNote[] {
  return [...new Map(notes.map((note) => [`${note.stream} ${note.reason}`, note])).values()];
}

/** Location by location, so that only one is held filtered and resampled. */
function* piecesOf(
  traces: readonly TraceSegment[],
  spec: RunnerSpec,
  settings: RunSettings,
  notes: RunNote[],
): Generator<Piece> {
  for (const [streamId, group] of groupByLocation(traces)) {
    const prepared = prepareTraces(group, spec, settings);
    const cut = cutPieces(streamId, prepared.traces, spec, settings);
    notes.push(...prepared.notes, ...cut.notes);
    yield* cut.pieces;
  }
}

/** Windows on their way through the network; their memory is used again for each batch. */
class Batch {
  readonly #spec: RunnerSpec;
  readonly #infer: Inference;
  readonly #scratch: Float64Array[];
  readonly #size: number;
  readonly #windowValues: number;
  readonly #input: Float32Array;
  #waiting: { stack: CurveStack; window: number }[] = [];

  constructor(spec: RunnerSpec, size: number, infer: Inference) {
    this.#spec = spec;
    this.#infer = infer;
    this.#size = size;
    this.#scratch = windowScratch(spec);
    this.#windowValues = spec.components.length * spec.windowSamples;
    this.#input = new Float32Array(size * this.#windowValues);
  }

  /** Takes a window; true when the batch is full and has to be run. */
  add(piece: Piece, stack: CurveStack, window: number): boolean {
    const at = this.#waiting.length * this.#windowValues;
    writeWindow(piece, stack.startOf(window), this.#spec, this.#scratch, this.#input, at);
    this.#waiting.push({ stack, window });
    return this.#waiting.length === this.#size;
  }

  async run(): Promise<void> {
    const windows = this.#waiting.length;
    if (windows === 0) return;
    const input = this.#input.subarray(0, windows * this.#windowValues);
    const answers = await this.#infer(input, windows);
    const each = answers.length / windows;
    this.#waiting.forEach(({ stack, window }, k) => stack.add(window, answers, k * each));
    this.#waiting = [];
  }
}
