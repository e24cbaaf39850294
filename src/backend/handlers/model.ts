import type { Args, Handlers } from '../../contract/api.ts';
import type { ProbabilityTrace } from '../../contract/messages/models.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { drawKept } from '../../models/keptCurves/drawKept.ts';
import type { KeptPart } from '../../models/keptCurves/keptPart.ts';
import { thresholdLabels } from '../../models/pickRules/pickCurves.ts';
import type { BackendContext } from '../context.ts';
import { askedMembers, commonParts, memberCurves } from '../curves/memberCurves.ts';
import { CurveStore, damageWords } from '../curves/curveStore.ts';
import { prepareModel } from '../openRun.ts';
import { startScan } from '../scan/scan.ts';

type ModelCalls =
  | 'model.list'
  | 'model.prepare'
  | 'model.run'
  | 'model.stats'
  | 'run.list'
  | 'run.curveSizes'
  | 'probability.window';

export function modelHandlers(
  context: BackendContext,
  curves: CurveStore = new CurveStore(context.cacheFolder),
): Pick<Handlers, ModelCalls> {
  const warnOnce = warnings(context);

  /** The curves of one run. */
  async function tracesOfRun(
    sensorKey: string,
    run: ModelRun,
    { window, widthPx, remade }: Args<'probability.window'>,
  ): Promise<ProbabilityTrace[]> {
    const rule = remade?.runId === run.id ? askedMembers(run, remade.ensemble)?.rule : undefined;
    const of = rule ? 'members' : 'sensor';
    const kept = await curves.read(run, keyIn(run, sensorKey), window, of);
    damageWords(sensorKey, kept).forEach(warnOnce);
    const { parts } = kept;
    const shown = rule ? commonParts(memberCurves(parts, true), rule) : parts;
    return drawnTraces(shown, sensorKey, run, window, widthPx);
  }

  /** The curves of the latest of the runs that kept any of the sensor in the window. */
  async function tracesOf(
    sensorKey: string,
    runs: readonly ModelRun[],
    args: Args<'probability.window'>,
  ): Promise<ProbabilityTrace[]> {
    let none: ProbabilityTrace[] = [];
    for (const run of runs) {
      if (!(await curves.has(run, keyIn(run, sensorKey)))) continue;
      const traces = await tracesOfRun(sensorKey, run, args);
      // A run over another window says nothing about this one.
      if (traces.some(({ parts }) => parts.length > 0)) return traces;
      if (none.length === 0) none = traces;
    }
    return none;
  }

  return {
    'model.list': () => context.models.list(),
    'model.prepare': (args) => prepareModel(context, args),
    'model.run': (args) => startScan(context, args),
    'model.stats': () => Promise.resolve({ windows: context.inference.stats.windows }),
    'run.list': () => Promise.resolve([...context.catalog.runs.list()]),
    'run.curveSizes': () => curveSizes(curves, context.catalog.runs.list()),

    'probability.window': async (args) => {
      const { runId, runIds, sensorKeys } = args;
      const newestFirst = context.catalog.runs.list().toSorted((a, b) => b.id - a.id);
      if (runIds !== undefined) {
        const runs = runIds.flatMap((id) => newestFirst.filter((run) => run.id === id));
        const traces = sensorKeys.flatMap((key) => runs.map((run) => tracesOf(key, [run], args)));
        return (await Promise.all(traces)).flat();
      }
      const runs = newestFirst.filter(
        ({ id, parameters }) => id === runId || (runId === undefined && !parameters.detector),
      );
      return (await Promise.all(sensorKeys.map((key) => tracesOf(key, runs, args)))).flat();
    },
  };
}

/** The kept curves of a run at one sensor, a trace for each label that is picked. */
function drawnTraces(
  kept: readonly KeptPart[],
  sensorKey: string,
  run: ModelRun,
  window: TimeWindow,
  widthPx: number,
): ProbabilityTrace[] {
  const { thresholds } = run.parameters.settings;
  return thresholdLabels(thresholds).map((phase) => {
    const ofPhase = kept.filter(({ label }) => label === phase);
    const floor = ofPhase[0]?.levels.floor;
    return {
      sensorKey,
      runId: run.id,
      phase,
      threshold: thresholds[phase] as number,
      ...(floor !== undefined && { floor }),
      parts: drawKept(ofPhase, window, widthPx),
    };
  });
}

function curveSizes(curves: CurveStore, runs: readonly ModelRun[]) {
  return Promise.all(
    runs.map(async (run) => ({ runId: run.id, bytes: await curves.sizeBytes(run) })),
  );
}

/** What a run calls the sensor: `seisbench` takes all instruments of a location together, `UW.HANS..`. */
function keyIn(run: ModelRun, sensorKey: string): string {
  const together = run.parameters.settings.policy === 'seisbench';
  return together ? sensorKey.slice(0, sensorKey.lastIndexOf('.') + 1) : sensorKey;
}

/** Tells each text once. */
function warnings(context: BackendContext): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (!told.has(text))
      context.emit('session.noticed', { level: 'warning', text, file: undefined });
    told.add(text);
  };
}
