// The picks of a run as the program of a model's authors writes them.

import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { PickerProgram } from '../../contract/messages/catalog.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { byTimeThenStream } from '../../domain/event/pickRecord.ts';
import { formatNslc, sensorKey } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { nearestSample } from '../../domain/waveform/traceSegment.ts';
import { type PhaseNetRow, phaseNetCsv } from '../../formats/pickTables/phaseNetCsv.ts';
import { gpdLine } from '../../models/archiveScan/gpdScan.ts';
import { type CentredTrace, centred, pickAmplitude } from '../../models/pickAmplitude.ts';
import type { BackendContext } from '../context.ts';

const DAY_NS = 86_400_000_000_000n;
/** Its indices count samples at this rate, whatever the record's. */
const PHASENET_RATE_HZ = 100;
/** Read beyond the day of a pick for its amplitude. */
const BEYOND_NS = 13_000_000_000n;

/** The whole table. Throws `not-found` for a run that is not there, `bad-input` for picks the table cannot hold. */
export async function pickTable(
  context: BackendContext,
  runId: number,
  program: PickerProgram,
  signal: AbortSignal,
): Promise<string> {
  if (context.catalog.runs.get(runId) === undefined) {
    throw new AppError('not-found', `there is no run ${runId}`);
  }
  const picks = picksOfRun(context, runId);
  if (program === 'phasenet') return phaseNetCsv(await phaseNetRows(context, picks, signal));
  const lines = picks.map(({ stream, phase, time }) => {
    if (phase !== 'P' && phase !== 'S') {
      throw new AppError('bad-input', `GPD's table has no phase ${phase}; write CSV instead`);
    }
    return gpdLine(stream, { phase, timeNs: time });
  });
  return lines.map((line) => `${line}\n`).join('');
}

function picksOfRun({ catalog }: BackendContext, runId: number): Pick[] {
  const picks: Pick[] = [];
  for (;;) {
    const page = catalog.picks.list({ runId, offset: picks.length, limit: 5000 });
    picks.push(...page.picks);
    if (page.picks.length === 0 || picks.length >= page.total) break;
  }
  return picks.sort(byTimeThenStream);
}

async function phaseNetRows(
  context: BackendContext,
  picks: readonly Pick[],
  signal: AbortSignal,
): Promise<PhaseNetRow[]> {
  const amplitudes = await amplitudesOf(context, picks, signal);
  const files = context.sources.list();
  return picks.map((pick): PhaseNetRow => {
    const key = formatNslc(pick.stream);
    const file = files.find(
      ({ streamKeys, window }) =>
        streamKeys.includes(key) &&
        window !== undefined &&
        window.startNs <= pick.time &&
        pick.time < window.endNs,
    );
    const beginNs = file?.window?.startNs ?? pick.time;
    return {
      stationId: sensorKey(pick.stream),
      beginNs,
      index: nearestSample(beginNs, pick.time, PHASENET_RATE_HZ),
      time: pick.time,
      score: pick.probability ?? 0,
      phase: pick.phase,
      fileName: file === undefined ? '' : basename(file.path),
      amplitude: amplitudes.get(pick.id),
    };
  });
}

/** Sensor by sensor and day by day, so that no more than a day is in memory. The mean removed is that of the day. */
async function amplitudesOf(
  { sources }: BackendContext,
  picks: readonly Pick[],
  signal: AbortSignal,
): Promise<Map<number, number>> {
  const amplitudes = new Map<number, number>();
  for (const [sensor, ofSensor] of Map.groupBy(picks, ({ stream }) => sensorKey(stream))) {
    const keys = sources
      .streams()
      .map(({ streamKey }) => streamKey)
      .filter((key) => key.startsWith(sensor) && key.length === sensor.length + 1);
    const next = nextOfPhase(ofSensor);
    for (const [day, ofDay] of Map.groupBy(ofSensor, ({ time }) => time / DAY_NS)) {
      const window: TimeWindow = {
        startNs: epochNs(day * DAY_NS),
        endNs: epochNs((day + 1n) * DAY_NS + BEYOND_NS),
      };
      const segments = await sources.readSegments(keys, window, signal);
      const traces: CentredTrace[] = [...segments.values()].flatMap(centred);
      for (const pick of ofDay) {
        const amplitude = pickAmplitude(traces, pick.time, next.get(pick.id));
        if (amplitude !== undefined) amplitudes.set(pick.id, amplitude);
      }
    }
  }
  return amplitudes;
}

/** When the next pick of the same phase comes; picks in order of time. */
function nextOfPhase(picks: readonly Pick[]): Map<number, EpochNs> {
  const next = new Map<number, EpochNs>();
  const last = new Map<string, number>();
  for (const { id, phase, time } of picks) {
    const before = last.get(phase);
    if (before !== undefined) next.set(before, time);
    last.set(phase, id);
  }
  return next;
}
