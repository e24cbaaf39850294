// The reference cases of ../shared/golden/annotate and the networks they run on.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { TraceSegment } from '../../src/domain/waveform/traceSegment.ts';
import { readMiniseed } from '../../src/formats/miniseed/read.ts';
import { readStateDict } from '../../src/formats/pickle/stateDict.ts';
import type { WindowPreparation } from '../../src/domain/event/runSettings.ts';
import { seisbenchSpec } from '../../src/models/annotate/seisbenchSpec.ts';
import { parseRunnerSpec } from '../../src/models/card.ts';
import { convertWeights } from '../../src/models/import/convertWeights.ts';
import { openNetwork } from '../../src/models/onnx.ts';
import type { Inference } from '../../src/models/runChunk.ts';
import type { RunnerSpec } from '../../src/models/spec.ts';
import { sharedDir } from '../shared.ts';
import { sharedFile, sharedJson } from './weightsGolden.ts';

export interface GoldenSpan {
  readonly id: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly value: number;
  readonly robust: boolean;
  readonly phase?: string;
  readonly peakNs?: string;
}
export interface GoldenCurve {
  readonly id: string;
  readonly label: string;
  readonly startNs: string;
  readonly rateHz: number;
  readonly samples: number;
  readonly array?: string;
}
export interface GoldenCase {
  readonly id: string;
  readonly params: {
    readonly model: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly settings: Readonly<Record<string, string | null>>;
  };
  readonly inputs: { readonly stream: string };
  readonly outputs: {
    readonly annotations: readonly GoldenCurve[];
    readonly picks: readonly GoldenSpan[];
    readonly detections?: readonly GoldenSpan[];
  };
  readonly tolerance: { probability: number; sampleTimeNs: number; pickValue: number };
  readonly follow: boolean;
}
interface Manifest {
  readonly streams: Readonly<Record<string, { file: string }>>;
  readonly arrays: Readonly<Record<string, { file: string }>>;
  readonly cases: readonly GoldenCase[];
}

const folder = 'golden/annotate';
const manifest: Manifest = sharedDir()
  ? (sharedJson(`${folder}/manifest.json`) as Manifest)
  : { streams: {}, arrays: {}, cases: [] };

/** Cases a workstation follows; the others are accidents of SeisBench. */
export const followedCases = manifest.cases.filter(({ follow }) => follow);

export function goldenValues(name: string): Float32Array {
  const { file } = manifest.arrays[name]!;
  return new Float32Array(sharedFile(`${folder}/${file}`).buffer as ArrayBuffer);
}

/** The file a stream of the reference is in. */
export function goldenPath(stream: string): string {
  const file =
    stream === 'continuous'
      ? 'data/pnsn/continuous/PB.B204..EH.2022-02-06T00.mseed'
      : `${folder}/${manifest.streams[stream]!.file}`;
  return path.join(sharedDir()!, file);
}

export function goldenTraces(stream: string): TraceSegment[] {
  return readMiniseed(readFileSync(goldenPath(stream))).segments;
}

/** The spec of a case: the pack's card, or SeisBench's class for GPD, changed as the case was built. */
export function goldenSpec({ params }: GoldenCase): RunnerSpec {
  const plain =
    params.model === 'gpd-random'
      ? seisbenchSpec('gpd-random', 'gpd', sharedJson('models/gpd-random/gpd-random.json.v1'))
      : parseRunnerSpec(sharedJson(`models/${params.model}/model.json`));
  return Object.entries(params.settings).reduce(withSetting, plain);
}

function withSetting(spec: RunnerSpec, [name, value]: [string, string | null]): RunnerSpec {
  const prepared = (changes: Partial<WindowPreparation>): RunnerSpec => ({
    ...spec,
    preparation: { ...spec.preparation, ...changes },
  });
  if (name === 'components') return { ...spec, components: [...value!] };
  if (name === 'detrend') return prepared({ detrend: true });
  if (name === 'normalise') {
    const each = { scope: 'component', epsilon: 1e-10 } as const;
    const peak = value!.startsWith('peak per component');
    return prepared({
      scale: peak ? { ...each, by: 'peak' } : { ...each, by: 'std', divisor: 'n-1' },
    });
  }
  if (name === 'filter' && value === null) return { ...spec, filter: undefined };
  if (name === 'filter' && value!.startsWith('highpass 1 Hz, 4 corners, causal')) {
    return { ...spec, filter: { lowHz: 1, highHz: undefined, corners: 4, zeroPhase: false } };
  }
  throw new Error(`no reading of the setting ${name}: ${value}`);
}

const opened = new Map<string, Promise<Inference>>();

/** The network of a case, loaded once. */
export function goldenInference(spec: RunnerSpec): Promise<Inference> {
  const ready = opened.get(spec.id) ?? openInference(spec);
  opened.set(spec.id, ready);
  return ready;
}

async function openInference(spec: RunnerSpec): Promise<Inference> {
  if (spec.output.kind === 'point') return openGpd(spec);
  const bytes = readFileSync(path.join(sharedDir()!, 'models', spec.id, 'model.onnx'));
  const names = { ...spec, inputName: 'x', outputName: 'y' };
  const network = await openNetwork(bytes, names);
  return (input, windows) => network.run(input, windows);
}

/** The pack's own graph has the layers in another order than SeisBench; its SeisBench weights are converted. */
async function openGpd(spec: RunnerSpec): Promise<Inference> {
  const tensors = readStateDict(sharedFile('models/gpd-random/gpd-random.pt.v1'), spec.id);
  const settings = sharedJson('models/gpd-random/gpd-random.json.v1');
  const { onnx } = convertWeights(tensors, { settings });
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 });
  return async (input, windows) => {
    const shape = [windows, spec.components.length, spec.windowSamples];
    const output = await session.run({ x: new Tensor('float32', input, shape) });
    return output['y']!.data as Float32Array;
  };
}
