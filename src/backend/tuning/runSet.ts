// A parameter set run again.

import { AppError } from '../../base/appError.ts';
import type { JsonObject } from '../../base/canonicalJson.ts';
import type { Args, Reply } from '../../contract/api.ts';
import { detectorId } from '../../domain/event/detectorSettings.ts';
import { JsonReader } from '../../domain/parameterSet/jsonReader.ts';
import {
  contentJson,
  readContent,
  type SetContent,
  type SetModel,
} from '../../domain/parameterSet/parameterSet.ts';
import { readDetector } from '../../domain/parameterSet/readDetector.ts';
import { type RunPlace, verifySet } from '../../domain/parameterSet/verifySet.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { BackendContext } from '../context.ts';
import { startDetection } from '../detectors/detectorRun.ts';
import { startEnsemble } from '../ensembles/startEnsemble.ts';
import { startScan } from '../scan/scan.ts';
import { resolveSet, runPlace } from './resolveSet.ts';
import { readEnsemble } from './ensembleSet.ts';
import { sha256 } from './runContent.ts';
import { wholeSettings } from './wholeSettings.ts';

/** Starts a run of each model of a set. Throws `bad-input` with everything that is missing here. */
export async function runSet(
  context: BackendContext,
  { set: ref, allowTestModel }: Args<'set.run'>,
): Promise<Reply<'set.run'>> {
  const set = await resolveSet(context, ref);
  const place = await runPlace(context, readContent(set.content));
  const check = verifySet(set, place, sha256);
  if (check.obstacles.length > 0) {
    throw new AppError('bad-input', `${set.name} cannot be run here. ${check.obstacles.join(' ')}`);
  }
  const asked = onProvider(readContent(set.content), place);
  const { programVersion, provider } = place;
  const { streamKeys, missing } = streamsOf(context, asked);
  // What is really done: with the same program and provider that is the set itself.
  const made = readContent(set.content);
  const same = made.programVersion === programVersion && made.provider === provider;
  const content = same ? set.content : contentJson({ ...asked, programVersion, provider });
  const over = {
    ...{ streamKeys, window: asked.window, content },
    ...(allowTestModel === true && { allowTestModel }),
  };
  const runs = [...(await runModels(context, asked, over)), ...runDetectors(context, asked, over)];
  if (runs.length === 0) throw new AppError('bad-input', `${set.name} has nothing to run`);
  return { runs, differences: [...check.differences, ...missing] };
}

type Runs = Reply<'set.run'>['runs'];

interface Over {
  readonly streamKeys: readonly string[] | undefined;
  readonly window: TimeWindow | undefined;
  readonly content: JsonObject;
  readonly allowTestModel?: boolean;
}

async function runModels(context: BackendContext, asked: SetContent, over: Over): Promise<Runs> {
  const { content, ...rest } = over;
  const ensemble = readEnsemble(asked);
  if (ensemble !== undefined) {
    const { rule, reachS, leastAgreeing, weights } = ensemble;
    const models = asked.models.map(({ id }) => ({ modelId: id }));
    const common = { rule, reachS, models, settings: undefined };
    const request = {
      ...{ ...common, ...rest },
      ...(leastAgreeing !== undefined && { leastAgreeing }),
      ...(weights && { weights }),
    };
    const exact = { ...{ members: ensemble.members, settings: ensemble.settings, content } };
    const started = await startEnsemble(context, request, { ...exact, ...ownOf(ensemble) });
    return [{ modelId: models.map(({ modelId }) => modelId).join(', '), ...started }];
  }
  const runs: Runs = [];
  for (const model of asked.models) {
    const settings = wholeSettings(model.settings);
    const args = { modelId: model.id, settings, ...rest };
    const started = await startScan(context, args, { content, ...ownOf(model) });
    runs.push({ modelId: model.id, ...started });
  }
  return runs;
}

function runDetectors(context: BackendContext, { detectors }: SetContent, over: Over): Runs {
  const { streamKeys, window, content } = over;
  return detectors.map((detector, i) => {
    const settings = readDetector(new JsonReader(detector, `detectors[${i}]`));
    const started = startDetection(context, { settings, streamKeys, window }, content);
    return { modelId: detectorId(settings.kind), ...started };
  });
}

/** Where what ran the networks is not here, the processor does. */
function onProvider(content: SetContent, { provider }: RunPlace): SetContent {
  if (provider === content.provider) return content;
  const models = content.models.map(({ settings: { provider: _, ...settings }, ...model }) => {
    return { ...model, settings };
  });
  return { ...content, models };
}

/** Empty ones are not written down, so that the run of before and this one have the same parameters. */
function ownOf({
  stationThresholds,
  calibration,
}: Pick<SetModel, 'stationThresholds' | 'calibration'>) {
  return {
    ...(Object.keys(stationThresholds).length > 0 && { stationThresholds }),
    ...(Object.keys(calibration).length > 0 && { calibration }),
  };
}

/** Stations (`NET.STA`), sensors and streams as the streams that are open; all there are when the set names none. */
function streamsOf(
  { sources }: BackendContext,
  { stations }: SetContent,
): { streamKeys: string[] | undefined; missing: string[] } {
  if (stations === undefined) return { streamKeys: undefined, missing: [] };
  const open = sources.streams().map(({ streamKey }) => streamKey);
  const found = new Set<string>();
  const missing: string[] = [];
  for (const station of stations) {
    const own = open.filter((key) => key === station || isPart(key, station));
    for (const key of own) found.add(key);
    if (own.length === 0) missing.push(`There are no waveforms of ${station} here.`);
  }
  if (found.size === 0) {
    throw new AppError(
      'bad-input',
      `none of the ${stations.length} streams of the set is open (${stations.slice(0, 3).join(', ')}…); add their waveforms`,
    );
  }
  return { streamKeys: [...found].sort(), missing };
}

/** Of a station whole codes, of a sensor (`UW.HANS..HH`) the begin of the channel. */
function isPart(streamKey: string, name: string): boolean {
  const codes = name.split('.').length;
  if (codes === 2) return streamKey.startsWith(`${name}.`);
  return codes === 4 && name.split('.')[3]?.length === 2 && streamKey.startsWith(name);
}
