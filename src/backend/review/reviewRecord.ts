// What a review is summed up from, read out of the catalog.

import type { Catalog } from '../../catalog/catalog.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import { DEFAULT_TOLERANCE, type Tolerance } from '../../domain/evaluation/tolerance.ts';
import type { MachineOnset, RunReach, StandingPick } from '../../evaluation/review/confusion.ts';
import type { ReviewRecord } from '../../evaluation/review/summary.ts';
import { stationOf, thresholdOf } from './opinions.ts';

/** Two samples at 100 Hz: less is the width of the mouse. */
const MOVED_BEYOND_S = 0.02;

export function reviewRecord(
  catalog: Catalog,
  runId: number | undefined,
  tolerance: Tolerance = DEFAULT_TOLERANCE,
): ReviewRecord {
  const runs = catalog.runs.list().filter(({ state }) => state !== 'running');
  const known = new Set(runs.map(({ id }) => id));
  const onsets = catalog.review
    .onsets()
    .filter((onset) => known.has(onset.runId))
    .map(({ streamKey, ...onset }): MachineOnset => ({ ...onset, station: stationOf(streamKey) }));
  return {
    ...{ onsets, standing: standingPicks(catalog), runs: runs.map((run) => reachOf(catalog, run)) },
    ...{ runId, tolerance, movedBeyondS: MOVED_BEYOND_S, revision: catalog.revision },
  };
}

function standingPicks(catalog: Catalog): StandingPick[] {
  return catalog.review
    .rows()
    .filter(({ state }) => state === 'confirmed' || state === 'manual')
    .map(({ id, streamKey, family, time }) => {
      return { id, station: stationOf(streamKey), phase: family, time };
    });
}

function reachOf(catalog: Catalog, run: ModelRun): RunReach {
  const { window, settings, detector } = run.parameters;
  const stations = new Set(catalog.runs.finishedSensors(run.id).map(stationOf));
  const [P, S] = ['P', 'S'].map((phase) => thresholdOf(settings.thresholds, phase));
  return {
    ...{ runId: run.id, modelId: run.modelId, setHash: run.setHash, window },
    stations: [...stations],
    // A detector's levels are no probabilities, and its picks have none.
    thresholds: detector
      ? {}
      : { ...(P === undefined ? {} : { P }), ...(S === undefined ? {} : { S }) },
  };
}
