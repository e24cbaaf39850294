// One window of a sensor as the network is fed with it, and the network's answers, for `What the network saw`.

import { AppError } from '../base/appError.ts';
import { addSeconds, type EpochNs, epochNs } from '../base/time.ts';
import type { WindowInput } from '../contract/messages/models.ts';
import { describeFilter } from '../domain/waveform/bandFilter.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import { formatNslc } from '../domain/waveform/nslc.ts';
import { sampleTime } from '../domain/waveform/traceSegment.ts';
import type { SensorGroup } from '../models/grouping.ts';
import { WindowPreparer } from '../models/preprocess.ts';
import { settleTimeS } from '../models/recordPreparation.ts';
import type { RunnableModel } from '../models/registry.ts';
import { windowLength } from '../models/settings.ts';
import type { ModelSpec } from '../models/spec.ts';
import type { BackendContext } from './context.ts';
import { type PreparedStretch, StretchReader } from './scan/scanStretches.ts';
import { stretchTools } from './scan/scanTools.ts';

/** Resampling needs some of what lies beside a window. */
const SPARE_S = 2;

export async function windowInput(
  context: Pick<BackendContext, 'sources' | 'pool' | 'inference'>,
  model: RunnableModel & { readonly spec: ModelSpec },
  settings: RunSettings,
  sensor: SensorGroup,
  time: EpochNs,
  signal: AbortSignal,
): Promise<WindowInput> {
  const { spec } = model;
  const length = windowLength(spec, settings);
  const reader = new StretchReader(stretchTools(context), spec, settings, sensor, signal);
  const aroundS = (1.5 * length) / spec.samplingRateHz + SPARE_S + settleTimeS(settings, spec.samplingRateHz); // prettier-ignore
  const window = { startNs: addSeconds(time, -aroundS), endNs: addSeconds(time, aroundS) };
  const segments = await reader.read(window);
  const core = { startNs: time, endNs: epochNs(time + 1n) };
  const [stretch] = await reader.prepare({ segments, core, read: window });
  if (!stretch) {
    const why = reader.unread()[0] ?? 'there is no data of it at this time';
    throw new AppError('not-found', `Nothing was fed of ${sensor.sensorKey}: ${why}`);
  }
  if (stretch.length < length) {
    const [has, needs] = [stretch.length, length].map((n) => (n / stretch.rateHz).toFixed(1));
    throw new AppError(
      'not-found',
      `Nothing was fed of ${sensor.sensorKey}: the data between two gaps is ${has} s long, the window of ${spec.id} ${needs} s`,
    );
  }
  const from = firstSample(spec, stretch, length, time);
  const input = new Float32Array(spec.components.length * length);
  new WindowPreparer(settings.preparation, length).write(stretch.inputs, from, input, 0);
  const fed = input.slice();
  const answers = await context.inference.runWindows(model, {
    input,
    windows: 1,
    windowSamples: length,
  });
  return {
    modelId: spec.id,
    startNs: sampleTime(stretch.startNs, from, stretch.rateHz),
    sampleRateHz: stretch.rateHz,
    rows: spec.components.map((component, c) => ({
      component,
      samples: fed.subarray(c * length, (c + 1) * length),
    })),
    ...answersOf(spec, answers, length),
    blindingSamples: settings.blindingSamples,
    steps: stepsOf(spec, settings, sensor, stretch),
  };
}

/** The window whose middle, or whose labelled sample, is nearest to the time. */
function firstSample(
  spec: ModelSpec,
  { startNs, rateHz, length }: PreparedStretch,
  windowSamples: number,
  time: EpochNs,
): number {
  const at = Math.round((Number(time - startNs) * rateHz) / 1e9);
  const { output } = spec;
  const inWindow = output.kind === 'point' ? output.labelSample : windowSamples >> 1;
  return Math.min(length - windowSamples, Math.max(0, at - inWindow));
}

function answersOf(
  spec: ModelSpec,
  answers: Float32Array,
  windowSamples: number,
): Pick<WindowInput, 'outputs' | 'outputStepSamples' | 'outputFirstSample'> {
  const { output } = spec;
  const each = output.kind === 'point' ? 1 : windowSamples;
  const names = output.kind === 'waveform' ? spec.components : spec.labels;
  return {
    outputs: names.map((label, row) => ({
      label,
      values: answers.slice(row * each, (row + 1) * each),
    })),
    outputStepSamples: 1,
    outputFirstSample: output.kind === 'point' ? output.labelSample : 0,
  };
}

function stepsOf(
  spec: ModelSpec,
  settings: RunSettings,
  sensor: SensorGroup,
  { warnings, rateHz }: PreparedStretch,
): string[] {
  const channels = sensor.channels.map(({ stream }) => formatNslc(stream).split('.')[3]);
  const filtered = settings.filter ? [`filter ${describeFilter(settings.filter)}`] : [];
  const records = [...(settings.detrendRecords ? ['line off whole records'] : []), ...filtered];
  const resampled = warnings.filter((warning) => warning.startsWith('resampled'));
  const stand = settings.absentAs === 'vertical' ? 'a copy of the vertical' : 'zeros';
  const absent = warnings.filter((warning) => !warning.startsWith('resampled'));
  return [
    `records of ${channels.join(', ')}`,
    ...(spec.filterBeforeResampling ? [...records, ...resampled] : [...resampled, ...records]),
    `windows at ${Number(rateHz.toFixed(3))} Hz`,
    ...absent.map((warning) => `${warning}: fed as ${stand}`),
  ];
}
