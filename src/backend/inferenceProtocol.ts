// What passes between the backend and the inference process, one message a frame of the contract's codec.
// Raw samples cross once on the way in (never the overlapping windows), averaged curves once on the way back.

import type { Samples } from '../domain/waveform/traceSegment.ts';
import type { ModelSpec } from '../models/spec.ts';
import type { WindowChunk, Windowing } from '../models/windowing.ts';

export type ToInference =
  | {
      readonly kind: 'load';
      /** The sha-256 of the network; names it in the chunks that follow. */
      readonly model: string;
      readonly spec: ModelSpec;
      readonly network: Uint8Array;
    }
  | {
      readonly kind: 'chunk';
      readonly id: number;
      readonly model: string;
      readonly windowing: Windowing;
      readonly chunk: WindowChunk;
      /** Samples `[chunk.from, chunk.to)` of each component in the model's order; undefined where absent. */
      readonly inputs: readonly (Samples | undefined)[];
    };

export type FromInference =
  | {
      readonly kind: 'curves';
      readonly id: number;
      /** The chunk's share of the average curve of each picked phase. */
      readonly curves: readonly Float32Array[];
      /** Time inside the ONNX runtime, and in the worker altogether. */
      readonly networkMs: number;
      readonly workerMs: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
