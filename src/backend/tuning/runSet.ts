// A parameter set run again.

import { AppError } from '../../base/appError.ts';
import type { Args, Reply } from '../../contract/api.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import {
  contentJson,
  readContent,
  type SetContent,
  type SetModel,
} from '../../domain/parameterSet/parameterSet.ts';
import { verifySet } from '../../domain/parameterSet/verifySet.ts';
import type { BackendContext } from '../context.ts';
import { startScan } from '../scan.ts';
import { resolveSet, runPlace } from './resolveSet.ts';
import { PROVIDER, sha256 } from './runContent.ts';

/** Starts a run of each model of a set. Throws `bad-input` with everything that is missing here. */
export async function runSet(
  context: BackendContext,
  { set: ref, allowTestModel }: Args<'set.run'>,
): Promise<Reply<'set.run'>> {
  const set = await resolveSet(context, ref);
  const check = verifySet(set, await runPlace(context), sha256);
  const asked = readContent(set.content);
  const obstacles = [...check.obstacles, ...notRun(asked)];
  if (obstacles.length > 0) {
    throw new AppError('bad-input', `${set.name} cannot be run here. ${obstacles.join(' ')}`);
  }
  const { streamKeys, missing } = streamsOf(context, asked);
  // What was really done: with the same program and provider that is the set itself.
  const { programVersion } = context;
  const same = asked.programVersion === programVersion && asked.provider === PROVIDER;
  const content = same
    ? set.content
    : contentJson({ ...asked, programVersion, provider: PROVIDER });
  const runs: Reply<'set.run'>['runs'] = [];
  for (const model of asked.models) {
    const started = await startScan(
      context,
      {
        ...{ modelId: model.id, streamKeys, window: asked.window, settings: wholeSettings(model) },
        ...(allowTestModel === true && { allowTestModel }),
      },
      { content, ...ownOf(model) },
    );
    runs.push({ modelId: model.id, ...started });
  }
  return { runs, differences: [...check.differences, ...missing] };
}

/** Empty ones are not written down, so that the run of before and this one have the same parameters. */
function ownOf({ stationThresholds, calibration }: SetModel) {
  return {
    ...(Object.keys(stationThresholds).length > 0 && { stationThresholds }),
    ...(Object.keys(calibration).length > 0 && { calibration }),
  };
}

/** A set says all: where it has no filter none is meant, not the model's own. */
function wholeSettings({ settings }: SetModel): RunSettings {
  const none = { lowHz: undefined, highHz: undefined, corners: 4, zeroPhase: false };
  return { ...settings, filter: settings.filter ?? none };
}

function notRun({ models, detectors, ensemble }: SetContent): string[] {
  return [
    ...(models.length === 0 ? ['It has no model.'] : []),
    ...(detectors.length > 0 ? ['Its classic detectors are not run from a set.'] : []),
    ...(ensemble !== undefined ? ['Its ensemble is not run from a set.'] : []),
  ];
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
