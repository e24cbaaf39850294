// What passes between the backend and the inference process, one message a frame of the contract's codec.
// Raw samples cross once on the way in (never the overlapping windows), stacked curves once on the way back.

import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { ChunkInput } from '../../models/runChunk.ts';
import type { ModelSpec } from '../../models/spec.ts';
import type { ChunkShare } from '../../models/stacking.ts';

export type ToInference =
  | {
      readonly kind: 'load';
      /** The sha-256 of the network and the provider; names it in the plans that follow. */
      readonly model: string;
      readonly provider: string;
      readonly spec: ModelSpec;
      readonly network: Uint8Array;
    }
  | {
      /** Has every thread run a loaded model once: the first time takes longer, and there is time now. */
      readonly kind: 'warm';
      readonly model: string;
    }
  | {
      /** How a loaded model is run; sent once to each process. */
      readonly kind: 'plan';
      readonly plan: string;
      readonly model: string;
      readonly settings: RunSettings;
      /** Rows of the network's output to make curves of. */
      readonly rows: readonly number[];
      /** Where it is given, only values of its size or more are wanted, and their neighbours. */
      readonly wantedFrom?: number;
    }
  | {
      readonly kind: 'chunk';
      readonly id: number;
      readonly plan: string;
      readonly input: ChunkInput;
    }
  | {
      /** Windows as they are fed, answered as they come: for comparing a network with its original. */
      readonly kind: 'windows';
      readonly id: number;
      readonly model: string;
      /** windows × components × `windowSamples`. */
      readonly input: Float32Array;
      readonly windows: number;
      readonly windowSamples: number;
    }
  | {
      /** What the runtime knows to run networks with. */
      readonly kind: 'providers';
      readonly id: number;
    };

export type FromInference =
  | {
      readonly kind: 'curves';
      readonly id: number;
      /** The chunk's share in the curve of each row of the plan. */
      readonly shares: readonly ChunkShare[];
      /** Time inside the ONNX runtime, and in the worker altogether. */
      readonly networkMs: number;
      readonly workerMs: number;
    }
  | { readonly kind: 'answers'; readonly id: number; readonly values: Float32Array }
  | {
      readonly kind: 'providers';
      readonly id: number;
      readonly known: readonly { readonly name: string; readonly bundled: boolean }[];
    }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
