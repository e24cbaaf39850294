// Parameters as projects and QuakeML files of the first version keep them: those of runs with averaged curves and
// peaks, and nothing else.

import type { RunParameters } from './modelRun.ts';
import type { RunSettings } from './runSettings.ts';

export interface FirstRunParameters {
  readonly thresholds: Readonly<Record<string, number>>;
  readonly overlapSamples: number;
  readonly blindingSamples: readonly [number, number];
  readonly stacking: 'avg' | 'max';
  readonly minimumPeakDistanceSamples: number;
  readonly batchSize: number;
  readonly streams?: readonly string[];
  readonly dataKey?: string;
}

export function isFirstParameters(json: unknown): json is FirstRunParameters {
  return typeof json === 'object' && json !== null && 'overlapSamples' in json;
}

/** The same run in today's words. All models of that time divided each component by its standard deviation. */
export function fromFirstParameters(
  first: FirstRunParameters,
): Pick<RunParameters, 'settings' | 'dataKey'> & { readonly streams?: readonly string[] } {
  const { overlapSamples, minimumPeakDistanceSamples, streams, dataKey, ...same } = first;
  const settings: RunSettings = {
    policy: 'onset',
    filter: undefined,
    detrendRecords: false,
    preparation: {
      demean: true,
      detrend: false,
      scale: { by: 'std', scope: 'component', divisor: 'n', epsilon: 1e-10 },
      taperSamples: 0,
    },
    overlap: overlapSamples,
    strideSamples: 1,
    stacking: same.stacking,
    blindingSamples: same.blindingSamples,
    strict: false,
    flexibleHorizontals: true,
    zeroPhaseResample: true,
    batchSize: same.batchSize,
    thresholds: same.thresholds,
    pickRule: { kind: 'peaks', minimumDistanceSamples: minimumPeakDistanceSamples },
  };
  return { settings, ...(streams && { streams }), ...(dataKey !== undefined && { dataKey }) };
}
