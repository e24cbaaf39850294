// Windows of a span through the inference process.

import type { ArchiveScanOptions } from '../../domain/event/archiveScan.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { SCAN_LABELS } from '../../models/archiveScan/scanOptions.ts';
import { largestOf, scanWindowCount } from '../../models/archiveScan/scanWindows.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { mergeSettings } from '../../models/settings.ts';
import type { InferenceClient } from '../inference/inferenceClient.ts';

type Windowing = Pick<
  ArchiveScanOptions,
  'shiftSamples' | 'batchSize' | 'normalisation' | 'everyWindow'
>;

/** How the windows of a scan are fed: their samples are filtered and scaled already but for their own amplitude. */
export function scanSettings(model: RunnableModel, windowing: Windowing): RunSettings {
  const { shiftSamples, batchSize, normalisation, everyWindow } = windowing;
  return mergeSettings(model.spec, {
    preparation: {
      demean: false,
      detrend: false,
      scale: normalisation === 'window' ? { by: 'peak', scope: 'window', epsilon: 0 } : undefined,
      taperSamples: 0,
    },
    strideSamples: shiftSamples,
    batchSize,
    everyWindow,
  });
}

export interface SpanToScore {
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  readonly normalisation: ArchiveScanOptions['normalisation'];
  readonly components: readonly (Float32Array | Float64Array)[];
  readonly onWindows: (count: number) => void;
}

/** Scores of all windows, windows × labels; empty for a span shorter than one. */
export async function scoreSpan(
  inference: InferenceClient,
  { model, settings, normalisation, components, onWindows }: SpanToScore,
  signal: AbortSignal,
): Promise<Float32Array> {
  const samples = components[0]?.length ?? 0;
  if (scanWindowCount(samples, settings.strideSamples) === 0) return new Float32Array(0);
  const inputs = normalisation === 'chunk' ? dividedByPeak(components) : components;
  const rows = SCAN_LABELS.map((_, label) => label);
  const curves = await inference.run({ model, settings, rows, samples, inputs, onWindows }, signal);
  const count = curves[0]?.length ?? 0;
  const scores = new Float32Array(count * rows.length);
  curves.forEach((curve, label) => {
    for (let w = 0; w < count; w += 1) scores[w * rows.length + label] = curve[w] as number;
  });
  return scores;
}

function dividedByPeak(components: readonly (Float32Array | Float64Array)[]): Float32Array[] {
  const largest = largestOf(components);
  const divisor = largest > 0 ? largest : 1;
  return components.map((samples) => {
    const divided = new Float32Array(samples.length);
    for (let i = 0; i < divided.length; i += 1) divided[i] = (samples[i] as number) / divisor;
    return divided;
  });
}
