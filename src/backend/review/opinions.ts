// The runs that looked at the same data, as second opinions on each other's picks.

import { type EpochNs, nsToSeconds } from '../../base/time.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import { phaseFamily } from '../../domain/event/pick.ts';
import {
  disagreementOn,
  type SecondOpinion,
  spreadSign,
} from '../../evaluation/review/disagreement.ts';
import type { DoubtSign, ReviewPick } from '../../evaluation/review/reviewPick.ts';

/** More runs than these say nothing new. */
const MOST_OPINIONS = 8;

/** `XX.ABC` of a sensor or stream key. */
export function stationOf(key: string): string {
  return key.split('.').slice(0, 2).join('.');
}

/** Runs, the times of their onsets and what each has looked at; the newest of each model and parameter set. */
export class Opinions {
  readonly #modelOf: ReadonlyMap<number, string>;
  readonly #opinions: readonly SecondOpinion[];
  readonly #spread = new Map<number, DoubtSign>();

  /** `zero` is the origin of the picks' seconds. */
  constructor(catalog: Catalog, zero: EpochNs) {
    const runs = catalog.runs.list().filter(({ state }) => state !== 'running');
    this.#modelOf = new Map(runs.map(({ id, modelId }) => [id, modelId]));
    const newest = new Map(runs.map((run) => [`${run.modelId} ${run.setHash ?? run.id}`, run]));
    const heard = [...newest.values()].sort((a, b) => b.id - a.id).slice(0, MOST_OPINIONS);
    this.#opinions = heard.map((run) => opinionOf(catalog, run, zero));
    for (const { id } of runs) {
      for (const scatter of catalog.runs.scatter(id)) {
        const sign = spreadSign(scatter);
        if (sign) this.#spread.set(scatter.pickId, sign);
      }
    }
  }

  /** The stronger of what other runs say and of how the members of its own scatter. */
  on(pick: ReviewPick): DoubtSign | undefined {
    const modelId = pick.runId === undefined ? undefined : this.#modelOf.get(pick.runId);
    const others = disagreementOn(pick, modelId, this.#opinions);
    const spread = this.#spread.get(pick.id);
    if (!others || !spread) return others ?? spread;
    return spread.degree > others.degree ? spread : others;
  }
}

function opinionOf(catalog: Catalog, run: ModelRun, zero: EpochNs): SecondOpinion {
  const times = new Map<string, number[]>();
  for (const { stream, phase, time } of catalog.runs.picksOf(run.id)) {
    const key = `${stationOf(stream)} ${phaseFamily(phase)}`;
    const list = times.get(key) ?? [];
    list.push(nsToSeconds(time - zero));
    times.set(key, list);
  }
  const stations = new Set(catalog.runs.finishedSensors(run.id).map(stationOf));
  const { window, settings } = run.parameters;
  const span = window && {
    from: nsToSeconds(window.startNs - zero),
    to: nsToSeconds(window.endNs - zero),
  };
  return {
    ...{ runId: run.id, modelId: run.modelId },
    onsetsS: new Map([...times].map(([key, list]) => [key, Float64Array.from(list)])),
    looked: (station, timeS) =>
      stations.has(station) && (span === undefined || (timeS >= span.from && timeS < span.to)),
    threshold: (phase) => thresholdOf(settings.thresholds, phase),
  };
}

/** Thresholds are named as the model names its phases, in either case. */
export function thresholdOf(
  thresholds: Readonly<Record<string, number>>,
  phase: string,
): number | undefined {
  return thresholds[phase] ?? thresholds[phase.toLowerCase()];
}
