// The picks a run would have with other settings, against a reference. Nothing is stored, the network is not run.

import { AppError } from '../../base/appError.ts';
import { epochNs } from '../../base/time.ts';
import type { Args, Reply } from '../../contract/api.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import type { RepickedRun } from '../../domain/event/repick.ts';
import { parseNslc, sensorKey } from '../../domain/waveform/nslc.ts';
import { coverageOf, type ListedPick, stationOfKey } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import type { Repicker } from '../curves/repick.ts';
import { readPicks, runPicks } from '../evaluation/readPicks.ts';
import { type SnrMeter, snrWords, withSnr } from '../evaluation/snrMeter.ts';
import { lockedWords, lockOf, tuningPart } from './lockedPart.ts';

/** Throws what picking again and reading the reference throw. */
export async function scoreRun(
  context: BackendContext,
  { repicker, snrMeter }: { readonly repicker: Repicker; readonly snrMeter: SnrMeter },
  { runId, settings, reference, tolerance, calibration, measureSnr }: Args<'tuning.score'>,
  signal: AbortSignal,
): Promise<Reply<'tuning.score'>> {
  const run = context.catalog.runs.get(runId);
  if (run === undefined) throw new AppError('not-found', `there is no run ${runId}`);
  const checked = checkTolerance(tolerance);
  const references = await readPicks(context, reference, 'reference', signal);
  const repicked = await repicker.repick(run, { settings });
  signal.throwIfAborted();
  const all = {
    ...{ reference: references.set, tolerance: checked, calibration },
    picks: { ...runPicks(context.catalog, runId), picks: listedPicks(context, runId, repicked) },
    reviewedOnly: references.kind === 'catalog',
    withRejected: true,
    coverage: coverageOf(context.sources.streams()),
  };
  const { request: open, locked } = tuningPart(all, lockOf(context.catalog));
  const request = measureSnr ? await withSnr(snrMeter, open, signal) : open;
  const report = await context.pool.run('evaluate', request, { signal });
  const warnings = [
    ...references.set.warnings,
    ...repicked.warnings,
    ...lockedWords(locked),
    ...(measureSnr ? [snrWords(request.picks.filter)] : []),
  ];
  return { report, warnings };
}

/** With the catalog's numbers of those that the run stored. */
function listedPicks(
  { catalog }: BackendContext,
  runId: number,
  { sensorKeys, labels, timesNs, sensors, phases, probabilities }: RepickedRun,
): ListedPick[] {
  const stored = new Map(
    catalog.runs.picksOf(runId).map(({ stream, phase, time, pickId }) => {
      return [`${sensorKey(parseNslc(stream))} ${phase} ${time}`, pickId];
    }),
  );
  const stations = sensorKeys.map(stationOfKey);
  return Array.from(timesNs, (time, i): ListedPick => {
    const sensor = sensors[i] ?? 0;
    const phase = labels[phases[i] ?? 0] ?? '';
    return {
      station: stations[sensor] ?? '',
      phase,
      time: epochNs(time),
      probability: probabilities[i],
      state: 'automatic',
      pickId: stored.get(`${sensorKeys[sensor]} ${phase} ${time}`),
    };
  });
}
