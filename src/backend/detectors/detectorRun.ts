// A detector over the open waveforms, as a run like those of models: stored station by station, gone on with after a
// crash, compared, exported and triggered again.

import { AppError } from '../../base/appError.ts';
import { canonicalJson, type JsonObject } from '../../base/canonicalJson.ts';
import { nsToSeconds } from '../../base/time.ts';
import type { Args, Reply } from '../../contract/api.ts';
import {
  checkDetector,
  detectorId,
  type DetectorSettings,
} from '../../domain/event/detectorSettings.ts';
import type { RunParameters } from '../../domain/event/modelRun.ts';
import { formatNslc, parseNslc, stationKey } from '../../domain/waveform/nslc.ts';
import { describeDetector } from '../../domain/event/describeDetector.ts';
import type { SensorPick } from '../../models/keptCurves/sensorPicker.ts';
import { coincident, type StationTrigger } from '../../signal/detector/coincident.ts';
import type { BackendContext } from '../context.ts';
import { startRun } from '../scan/scan.ts';
import { dataKeyOf, type ScanPlan } from '../scan/scanPlan.ts';
import type { RunWork } from '../scan/scanRun.ts';
import type { SensorPlan } from '../scan/scanSensor.ts';
import { contentJson } from '../../domain/parameterSet/parameterSet.ts';
import { runContent, sha256 } from '../tuning/runContent.ts';
import { planDetection, watchedChannel } from './detectorPlan.ts';
import { type DetectionTools, SensorDetection } from './sensorDetection.ts';
import { asRunSettings } from './triggerRule.ts';

/** Changes when a detector would pick otherwise with the same settings. */
const DETECTOR_VERSION = '1';
/** While one is filtered the next is read. */
const CHANNELS_AT_ONCE = 2;

/** Starts a run; of a set, `content` is the whole of it. Throws `bad-input` for settings that cannot work and when there is nothing to look at. */
export function startDetection(
  context: BackendContext,
  { settings, streamKeys, window }: Args<'detector.run'>,
  content?: JsonObject,
): Reply<'detector.run'> {
  const detector = checkDetector(settings);
  const plan = planDetection(detector, context.sources.streams(), streamKeys, window);
  if (plan.sensors.length === 0) {
    const [why] = plan.skipped;
    const reason = why === undefined ? 'open waveform files first' : `${why.stream}: ${why.reason}`;
    throw new AppError('not-found', `there is nothing to pick: ${reason}`);
  }
  const parameters: RunParameters = {
    ...{ settings: asRunSettings(detector), streams: streamKeys, window },
    ...{ dataKey: dataKeyOf(plan), detector },
  };
  const modelId = detectorId(detector.kind);
  const json = JSON.parse(JSON.stringify(detector)) as JsonObject;
  return startRun(context, {
    start: {
      modelId,
      modelVersion: DETECTOR_VERSION,
      modelSha256: sha256(canonicalJson(json)),
      parameters,
    },
    work: detectorWork(context, detector, plan),
    plan,
    label: `Pick with ${modelId}`,
    contentOf: (run) =>
      content ?? contentJson({ ...runContent(run, plan), models: [], detectors: [json] }),
  });
}

function detectorWork(
  context: BackendContext,
  settings: DetectorSettings,
  plan: ScanPlan,
): RunWork {
  let allowed: Promise<ReadonlySet<string>> | undefined;
  return {
    maker: describeDetector(settings),
    saysUncertainty: false,
    prepare: () => undefined,
    scanSensor: async (tools, sensor, _, signal) => {
      const { sensorKey } = sensor.sensor;
      if (settings.coincidence) allowed ??= coincidentTriggers(context, settings, plan, signal);
      const keys = await allowed;
      const accepts = (each: SensorPick): boolean =>
        keys === undefined || keys.has(triggerKey(sensorKey, each));
      const own: DetectionTools = { ...tools, pool: context.pool };
      return new SensorDetection(own, settings, sensor, signal, accepts).run();
    },
  };
}

const triggerKey = (sensorKey: string, { startNs }: SensorPick): string =>
  `${sensorKey} ${startNs}`;

/** All triggers of the run that lie in a coincidence: known only once every station has been looked at. */
async function coincidentTriggers(
  context: BackendContext,
  settings: DetectorSettings,
  { sensors }: ScanPlan,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const tools: DetectionTools = {
    pool: context.pool,
    readSegments: (keys, window) => context.sources.readSegments(keys, window, signal),
  };
  const origin = sensors[0]?.window.startNs ?? 0n;
  const waiting = [...sensors];
  const all: (StationTrigger & { readonly key: string })[] = [];
  const workThrough = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      const station = stationOf(plan);
      for (const each of await triggersOf(tools, settings, plan, signal)) {
        all.push({
          station,
          onS: nsToSeconds(each.startNs - origin),
          offS: nsToSeconds(each.endNs - origin),
          peak: each.probability,
          key: triggerKey(plan.sensor.sensorKey, each),
        });
      }
    }
  };
  await Promise.all(Array.from({ length: CHANNELS_AT_ONCE }, workThrough));
  return new Set(coincident(all, settings.coincidence).kept.map(({ key }) => key));
}

/** A station that cannot be read has none; that is said when it is its turn. */
async function triggersOf(
  tools: DetectionTools,
  settings: DetectorSettings,
  plan: SensorPlan,
  signal: AbortSignal,
): Promise<readonly SensorPick[]> {
  const found: SensorPick[] = [];
  const take = (each: SensorPick): boolean => found.push(each) < 0;
  try {
    await new SensorDetection(tools, settings, plan, signal, take).run();
  } catch (error) {
    const ofStation = error instanceof AppError && error.code === 'unreadable-file';
    if (signal.aborted || !ofStation) throw error;
  }
  return found;
}

function stationOf({ sensor }: SensorPlan): string {
  const channel = watchedChannel(sensor);
  return channel ? stationKey(parseNslc(formatNslc(channel.stream))) : sensor.sensorKey;
}
