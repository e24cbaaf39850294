// The picks of a run as the program of a model's authors writes them.

import { basename } from 'node:path';
import { AppError } from '../../base/appError.ts';
import type { PickerProgram } from '../../contract/messages/catalog.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { Pick } from '../../domain/event/pick.ts';
import type { RecordTreatment } from '../../domain/event/runSettings.ts';
import { byTimeThenStream } from '../../domain/event/pickRecord.ts';
import { formatNslc, sensorKey } from '../../domain/waveform/nslc.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { nearestSample, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import {
  eqTransformerCsv,
  type EqTransformerPick,
  type EqTransformerRow,
} from '../../formats/pickTables/eqTransformerCsv.ts';
import { type PhaseNetRow, phaseNetCsv } from '../../formats/pickTables/phaseNetCsv.ts';
import { gpdLine } from '../../models/archiveScan/gpdScan.ts';
import { type CentredTrace, centred, pickAmplitude } from '../../models/pickAmplitude.ts';
import { prepareRecord, velocityPreparation } from '../../models/recordPreparation.ts';
import { interpolateLinear } from '../../signal/resample/resample.ts';
import type { BackendContext } from '../context.ts';

const DAY_NS = 86_400_000_000_000n;
/** Its indices count samples at this rate, whatever the record's. */
const PHASENET_RATE_HZ = 100;
/** Records this close to it are taken as they are. */
const OTHER_RATE_HZ = 0.1;
/** Read beyond the day of a pick for its amplitude. */
const BEYOND_NS = 13_000_000_000n;

/** The whole table. Throws `not-found` for a run that is not there, `bad-input` for picks the table cannot hold. */
export async function pickTable(
  context: BackendContext,
  runId: number,
  program: PickerProgram,
  signal: AbortSignal,
): Promise<string> {
  const run = context.catalog.runs.get(runId);
  if (run === undefined) throw new AppError('not-found', `there is no run ${runId}`);
  if (program === 'eqtransformer') return eqTransformerCsv(eventRows(context, run));
  const picks = picksOfRun(context, runId);
  if (program === 'phasenet') return phaseNetCsv(await phaseNetRows(context, run, picks, signal));
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

/** The events of a run with what it picked there, as it found them. */
function eventRows({ catalog, sources }: BackendContext, run: ModelRun): EqTransformerRow[] {
  if (run.parameters.settings.pickRule.kind !== 'detection-gated') {
    throw new AppError(
      'bad-input',
      `run ${run.id} of ${run.modelId} did not pick inside detections and has no events to write; run a model with the label Detection with its preset original`,
    );
  }
  const files = sources.list();
  const found = Map.groupBy(catalog.runs.picksOf(run.id), ({ time }) => time);
  return catalog.runs.detections(run.id).map((detection): EqTransformerRow => {
    const { arrivals, startNs, endNs, probability } = detection;
    const pick = (label: string): EqTransformerPick | undefined => {
      const arrival = arrivals[label];
      const own = found
        .get(arrival?.time ?? startNs)
        ?.find(({ phase, stream }) => phase === label && stream.startsWith(detection.sensorKey));
      return arrival && { ...arrival, probability: own?.probability };
    };
    const [network = '', station = '', , instrument = ''] = detection.sensorKey.split('.');
    const keys = sources.streams().map(({ streamKey }) => streamKey);
    const key = keys.find((each) => each.startsWith(detection.sensorKey)) ?? '';
    const file = fileWith(files, key, startNs);
    return {
      fileName: file === undefined ? '' : basename(file.path),
      ...{ network, station, instrument, startNs, endNs, probability, p: pick('P'), s: pick('S') },
    };
  });
}

/** The file that has a stream at a time. */
function fileWith(
  files: ReturnType<BackendContext['sources']['list']>,
  streamKey: string,
  time: EpochNs,
): (typeof files)[number] | undefined {
  return files.find(
    ({ streamKeys, window }) =>
      streamKeys.includes(streamKey) &&
      window !== undefined &&
      window.startNs <= time &&
      time < window.endNs,
  );
}

async function phaseNetRows(
  context: BackendContext,
  run: ModelRun,
  picks: readonly Pick[],
  signal: AbortSignal,
): Promise<PhaseNetRow[]> {
  const amplitudes = await amplitudesOf(context, run, picks, signal);
  const files = context.sources.list();
  return picks.map((pick): PhaseNetRow => {
    const file = fileWith(files, formatNslc(pick.stream), pick.time);
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
  { parameters: { settings } }: ModelRun,
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
      const treated = [...segments.values()].map((traces) =>
        traces.map((trace) => treatedTrace(trace, settings.recordTreatment)),
      );
      const traces: CentredTrace[] = treated.flatMap(centred);
      for (const pick of ofDay) {
        const amplitude = pickAmplitude(traces, pick.time, next.get(pick.id));
        if (amplitude !== undefined) amplitudes.set(pick.id, amplitude);
      }
    }
  }
  return amplitudes;
}

/** Amplitudes are of records as the run had them, before they were scaled. */
function treatedTrace(trace: TraceSegment, treatment: RecordTreatment = {}): TraceSegment {
  const { resampling, integrateFromHz } = treatment;
  const isOther = Math.abs(trace.sampleRateHz - PHASENET_RATE_HZ) > OTHER_RATE_HZ;
  const atRate =
    resampling === 'linear' && isOther
      ? {
          ...trace,
          samples: interpolateLinear(trace.samples, trace.sampleRateHz, PHASENET_RATE_HZ),
          sampleRateHz: PHASENET_RATE_HZ,
        }
      : trace;
  if (integrateFromHz === undefined || trace.stream.channel[1] !== 'N') return atRate;
  const preparation = velocityPreparation(integrateFromHz);
  return { ...atRate, samples: prepareRecord(atRate.samples, atRate.sampleRateHz, preparation) };
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
