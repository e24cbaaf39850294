// A detector's run triggered again from its kept function, without filtering.

import { AppError } from '../../base/appError.ts';
import { type EpochNs, nsToSeconds } from '../../base/time.ts';
import type { Args } from '../../contract/api.ts';
import type { RetriggeredRun } from '../../contract/messages/detector.ts';
import {
  checkDetector,
  type DetectorSettings,
  keepsDuration,
} from '../../domain/event/detectorSettings.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import { parseNslc, stationKey } from '../../domain/waveform/nslc.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import { joinParts, type KeptPart } from '../../models/keptCurves/keptPart.ts';
import { findPicks } from '../../models/pickRules/pickCurves.ts';
import { coincident } from '../../signal/detector/coincident.ts';
import { type CurveStore, damageWords } from '../curves/curveStore.ts';
import { triggerRule } from './triggerRule.ts';

interface Trigger {
  readonly sensor: number;
  readonly station: string;
  readonly onNs: EpochNs;
  readonly offNs: EpochNs;
  readonly onS: number;
  readonly offS: number;
  readonly peak: number;
}

/** Throws `not-found` where nothing is kept, `bad-input` for what is not a detector's run and for levels not kept. */
export async function retrigger(
  curves: CurveStore,
  run: ModelRun,
  changes: Args<'detector.retrigger'>['changes'],
): Promise<RetriggeredRun> {
  const { detector } = run.parameters;
  if (!detector) {
    throw new AppError('bad-input', `run ${run.id} is of the model ${run.modelId}; tune that`);
  }
  const settings = checkDetector({ ...detector, ...changes });
  const sensorKeys = await curves.sensorKeys(run);
  const warnings: string[] = [];
  const triggers: Trigger[] = [];
  let floor = 0;
  let tail = 0;
  for (const [sensor, sensorKey] of sensorKeys.entries()) {
    const kept = await curves.read(run, sensorKey);
    warnings.push(...damageWords(sensorKey, kept));
    for (const { levels } of kept.parts) {
      floor = Math.max(floor, levels.floor);
      tail = Math.max(tail, levels.tail);
    }
    const station = stationOf(sensorKey);
    triggers.push(
      ...triggersOf(kept.parts, settings).map((each) => ({ ...each, sensor, station })),
    );
  }
  if (floor === 0) {
    throw new AppError('not-found', `nothing is kept of run ${run.id}; run the detector again`);
  }
  if (settings.onLevel < floor || settings.offLevel < tail) {
    throw new AppError(
      'bad-input',
      `what is kept of run ${run.id} is exact from on level ${floor} and off level ${tail} on; run the detector again for lower ones`,
    );
  }
  const chosen = coincident(triggers, settings.coincidence).kept;
  return {
    sensorKeys,
    sensors: Uint32Array.from(chosen, ({ sensor }) => sensor),
    onNs: BigInt64Array.from(chosen, ({ onNs }) => onNs),
    offNs: BigInt64Array.from(chosen, ({ offNs }) => offNs),
    peaks: Float32Array.from(chosen, ({ peak }) => peak),
    ...{ lowestOnLevel: floor, lowestOffLevel: tail, warnings },
  };
}

/** A sensor's key is a stream's, with or without its last letter. */
function stationOf(sensorKey: string): string {
  return stationKey(parseNslc(sensorKey));
}

function triggersOf(
  parts: readonly KeptPart[],
  settings: DetectorSettings,
): Omit<Trigger, 'sensor' | 'station'>[] {
  const { phase, onLevel } = settings;
  const stretches = Map.groupBy(parts, (part) => `${part.stretchStartNs} ${part.sampleRateHz}`);
  return [...stretches.values()].flatMap((ofStretch) => {
    const [first] = ofStretch;
    if (!first) return [];
    const { stretchStartNs, sampleRateHz } = first;
    const curve = joinParts(ofStretch);
    const rule = triggerRule(settings);
    return findPicks(rule, { [phase]: onLevel }, { [phase]: curve }, [phase], sampleRateHz)
      .filter(({ startSample, endSample }) =>
        keepsDuration(settings, (endSample - startSample) / sampleRateHz),
      )
      .map(({ startSample, endSample, probability }) => {
        const onNs = sampleTime(stretchStartNs, startSample, sampleRateHz);
        const offNs = sampleTime(stretchStartNs, endSample, sampleRateHz);
        return { onNs, offNs, onS: nsToSeconds(onNs), offS: nsToSeconds(offNs), peak: probability };
      });
  });
}
