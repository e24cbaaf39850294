import { AppError } from '../../base/appError.ts';
import { addSeconds, type EpochNs } from '../../base/time.ts';
import type { Args, Handlers } from '../../contract/api.ts';
import type { EnsembleMember } from '../../domain/event/ensemble.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import type { SensorGroup } from '../../models/grouping.ts';
import { defaultSettings } from '../../models/settings.ts';
import type { RunnerSpec } from '../../models/spec.ts';
import { explainPick, SEARCH_S, type WhyNot } from '../../models/whyNot/whyNot.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore } from '../curves/curveStore.ts';
import { situationOf } from '../explainPick.ts';
import { planScan } from '../scan/scanPlan.ts';
import { StretchReader } from '../scan/scanStretches.ts';
import { stretchTools } from '../scan/scanTools.ts';
import { windowInput } from '../windowInput.ts';

/** Of the records on each side of the time asked about. */
const AROUND_S = 30;

type InspectCalls = 'run.explain' | 'model.windowInput';

export function inspectModelHandlers(
  context: BackendContext,
  store: CurveStore = new CurveStore(context.cacheFolder),
): Pick<Handlers, InspectCalls> {
  return {
    'run.explain': (args, signal) => explain(context, store, args, signal),
    'model.windowInput': async ({ modelId, runId, member, sensorKey, time }, signal) => {
      const run = runId === undefined ? undefined : runById(context, runId);
      const one = run && memberOf(run, member);
      const model = await context.models.open(one?.modelId ?? modelId);
      const own = one?.settings ?? run?.parameters.settings;
      const settings = own ?? defaultSettings(model.spec);
      const sensor = sensorOf(context, model.spec, settings, sensorKey);
      if (!sensor) {
        const text = `${model.spec.id} can be fed with no channel of ${sensorKey}; it takes ${model.spec.components.join(', ')}`;
        throw new AppError('not-found', text);
      }
      return windowInput(context, model, settings, sensor, time, signal);
    },
  };
}

/** Of several who looked together, the one asked for. */
function memberOf(
  { id, parameters: { ensemble } }: ModelRun,
  member = 0,
): EnsembleMember | undefined {
  if (ensemble === undefined) return undefined;
  const one = ensemble.members[member];
  if (one) return one;
  const { length } = ensemble.members;
  throw new AppError('not-found', `run ${id} has no member ${member + 1}; it has ${length}`);
}

async function explain(
  context: BackendContext,
  store: CurveStore,
  { runId, sensorKey, time, phase }: Args<'run.explain'>,
  signal: AbortSignal,
): ReturnType<Handlers['run.explain']> {
  const run = runId === undefined ? newestOf(context, sensorKey) : runById(context, runId);
  if (!run) {
    const text = 'No model has been run on this station; run one to have its picks.';
    return { picked: false, reasons: [{ kind: 'no-run', text }] };
  }
  // Of several who looked together, the first.
  const modelId = run.parameters.ensemble?.members[0]?.modelId ?? run.modelId;
  const { spec } = await context.models.open(modelId);
  const { settings } = run.parameters;
  const sensor = sensorOf(context, spec, settings, sensorKey);
  const ownKey = sensor?.sensorKey ?? sensorKey;
  const situation = await situationOf(store, {
    run,
    spec,
    sensor,
    sensorKey: ownKey,
    streams: context.sources.streams(),
    spots: sensor ? await spotsAt(context, spec, settings, sensor, time, signal) : [],
    finished: context.catalog.runs.finishedSensors(run.id).includes(ownKey),
    time,
    phase,
  });
  return withAgreement(context, run, ownKey, { time, phase }, explainPick(situation));
}

/** A pick of the common curve may have been left out because too few members see it. */
function withAgreement(
  { catalog }: BackendContext,
  run: ModelRun,
  sensorKey: string,
  { time, phase }: Pick<Args<'run.explain'>, 'time' | 'phase'>,
  answer: WhyNot,
): WhyNot {
  const { leastAgreeing = 1, members = [] } = run.parameters.ensemble ?? {};
  if (leastAgreeing < 2 || !answer.picked) return answer;
  const near = Math.round(SEARCH_S * 1e9);
  const kept = catalog.runs.picksOf(run.id).some((pick) => {
    const here = pick.stream.startsWith(sensorKey) && pick.phase === phase;
    return here && Math.abs(Number(pick.time - time)) <= near;
  });
  if (kept) return answer;
  const text = `The common curve has a pick of ${phase} here, but fewer than ${leastAgreeing} of its ${members.length} members see it, and the run asks for them.`;
  return { picked: false, reasons: [{ kind: 'few-agree', text }, ...answer.reasons.slice(1)] };
}

/** What the run would have said of a pick at this time: masked samples, clipped records, gaps. */
async function spotsAt(
  context: BackendContext,
  spec: RunnerSpec,
  settings: RunSettings,
  sensor: SensorGroup,
  time: EpochNs,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const reader = new StretchReader(stretchTools(context), spec, settings, sensor, signal);
  const window = { startNs: addSeconds(time, -AROUND_S), endNs: addSeconds(time, AROUND_S) };
  const segments = await reader.read(window);
  await reader.prepare({ segments, core: window, read: window });
  return reader.warningsAt(time);
}

function runById({ catalog }: BackendContext, runId: number): ModelRun {
  const run = catalog.runs.get(runId);
  if (run) return run;
  throw new AppError('not-found', `There is no run ${runId}; choose one from the list`);
}

function newestOf({ catalog }: BackendContext, sensorKey: string): ModelRun | undefined {
  const runs = catalog.runs.list();
  const keys = [sensorKey, locationOf(sensorKey)];
  return (
    runs.findLast(({ id }) => catalog.runs.finishedSensors(id).some((key) => keys.includes(key))) ??
    runs.at(-1)
  );
}

/** As `seisbench` runs name what they pick: `UW.HANS..`. */
function locationOf(sensorKey: string): string {
  return sensorKey.slice(0, sensorKey.lastIndexOf('.') + 1);
}

function sensorOf(
  { sources }: BackendContext,
  spec: RunnerSpec,
  settings: RunSettings,
  sensorKey: string,
): SensorGroup | undefined {
  const all = { ...settings, strict: false };
  const { sensors } = planScan(spec, all, sources.streams(), undefined, undefined);
  const keys = settings.policy === 'seisbench' ? [locationOf(sensorKey)] : [sensorKey];
  return sensors.find(({ sensor }) => keys.includes(sensor.sensorKey))?.sensor;
}
