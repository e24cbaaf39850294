// What a run is made with, as the content of a parameter set.

import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject } from '../../base/canonicalJson.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ModelRun, RunParameters } from '../../domain/event/modelRun.ts';
import {
  contentJson,
  hashContent,
  readContent,
  type SetContent,
} from '../../domain/parameterSet/parameterSet.ts';
import { formatNslc } from '../../domain/waveform/nslc.ts';
import { hull, type TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';

/** What runs networks unless the settings say otherwise. */
export const PROVIDER = 'cpu';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface RunFacts {
  readonly modelId: string;
  readonly modelVersion: string;
  readonly modelSha256: string;
  readonly programVersion: string;
  readonly parameters: RunParameters;
}

/**
 * Streams and span are those looked at where none were asked for: whoever has more data gets the same picks with it.
 * Without a plan they stay open.
 */
export function runContent(run: RunFacts, plan?: ScanPlan): SetContent {
  const { settings, streams, window, stationThresholds, calibration } = run.parameters;
  const model = {
    ...{ id: run.modelId, version: run.modelVersion, sha256: run.modelSha256, settings },
    ...{ stationThresholds: stationThresholds ?? {}, calibration: calibration ?? {} },
  };
  return {
    ...{
      programVersion: run.programVersion,
      provider: settings.provider ?? PROVIDER,
      models: [model],
    },
    ...{ detectors: [], ensemble: undefined },
    stations: streams ?? (plan && streamsOf(plan)),
    window: window ?? (plan && spanOf(plan)),
  };
}

function streamsOf({ sensors }: ScanPlan): string[] {
  const keys = sensors.flatMap(({ sensor }) =>
    sensor.channels.map(({ stream }) => formatNslc(stream)),
  );
  return [...new Set(keys)].sort();
}

function spanOf({ sensors }: ScanPlan): TimeWindow | undefined {
  return sensors
    .map(({ window }) => window)
    .reduce<TimeWindow | undefined>((all, each) => (all ? hull(all, each) : each), undefined);
}

/** Writes down what a run is made with; answers the hash. */
export function recordContent(catalog: Catalog, runId: number, content: JsonObject): string {
  const hash = hashContent(content, sha256);
  catalog.sets.assign(runId, hash, canonicalJson(content));
  return hash;
}

/** Runs of before there were sets get theirs from what is known of them. */
export function recordOldRuns(catalog: Catalog): void {
  for (const run of catalog.runs.list()) {
    const { ensemble, detector } = run.parameters;
    if (run.setHash !== undefined || ensemble || detector) continue;
    recordContent(catalog, run.id, contentJson(runContent(run)));
  }
}

/** The content of a run's set, as it was written down. */
export function contentOfRun(catalog: Catalog, run: ModelRun): SetContent {
  const kept = run.setHash === undefined ? undefined : catalog.sets.content(run.setHash);
  return kept === undefined ? runContent(run) : readContent(JSON.parse(kept) as JsonObject);
}
