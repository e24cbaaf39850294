// Windows of a span through the inference process.

import type { ArchiveScanOptions } from '../../domain/event/archiveScan.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { SCAN_LABELS } from '../../models/archiveScan/scanOptions.ts';
import { largestOf, scanWindowCount } from '../../models/archiveScan/scanWindows.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { mergeSettings } from '../../models/settings.ts';
import type { InferenceClient } from '../inferenceClient.ts';

type Windowing = Pick<ArchiveScanOptions, 'shiftSamples' | 'batchSize' | 'normalisation'>;

/** How the windows of a scan are fed: their samples are filtered and scaled already but for their own amplitude. */
export function scanSettings(model: RunnableModel, windowing: Windowing): RunSettings {
  const { shiftSamples, batchSize, normalisation } = windowing;
  return mergeSettings(model.spec, {
    preparation: {
      demean: false,
      detrend: false,
      scale: normalisation === 'window' ? { by: 'peak', scope: 'window', epsilon: 0 } : undefined,
      taperSamples: 0,
    },
    strideSamples: shiftSamples,
    batchSize,
  });
}

export interface SpanToScore {
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  readonly normalisation: ArchiveScanOptions['normalisation'];
  readonly components: readonly Float64Array[];
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

function dividedByPeak(components: readonly Float64Array[]): Float64Array[] {
  const largest = largestOf(components);
  if (!(largest > 0)) return components.map((samples) => samples.slice());
  return components.map((samples) => samples.map((value) => value / largest));
}
