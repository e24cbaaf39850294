import type { ModelInfo } from '../../../src/contract/messages/models.ts';

/** What a person should read before running a model, besides what its card warns of. */
export function modelWarnings(model: ModelInfo): string[] {
  const texts = [...model.warnings];
  if (model.trainingData.length > 0) {
    texts.push(
      `Its training data: ${shortened(model.trainingData)}. What it finds there says little about other data.`,
    );
  }
  return texts;
}

const MOST_NAMES = 2;

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join('; ');
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** What is known of the weights, in words. */
export const CHECKSUM_WORDS: Readonly<Record<ModelInfo['checksum'], string>> = {
  matches: 'matches the card',
  unchecked: 'the card states none',
  differs: 'differs from the card',
  missing: 'the weights are missing',
};

export const USE_WORDS: Readonly<Record<ModelInfo['use'], string>> = {
  picking: 'for picking',
  'tests-only': 'for tests only',
  'never-picking': 'never for picking',
  'not-a-picker': 'not a phase picker',
};

/** What runs networks, by the runtime's own words. */
export const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  cpu: 'the processor',
  cuda: 'CUDA (NVIDIA)',
  dml: 'DirectML',
  coreml: 'Core ML',
  webgpu: 'WebGPU',
  tensorrt: 'TensorRT (NVIDIA)',
};
