// Filters and resampling of a day of 100 Hz: node test/bench/signal.ts
// Budgets are the peers' CPU times (ObsPy's for filters) on the reference machine.

import { epochNs, parseTime } from '../../src/base/time.ts';
import { samplesToNs } from '../../src/domain/waveform/traceSegment.ts';
import { designButterworth } from '../../src/signal/filter/design.ts';
import { filterCausal, filterZeroPhase } from '../../src/signal/filter/filterSamples.ts';
import { resampleTo } from '../../src/signal/resample/resample.ts';
import { drawTrace } from '../../src/waveforms/drawTrace.ts';
import { absoluteSample } from '../../src/waveforms/storedSegment.ts';
import { bestCpuMs, calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const DAY_SAMPLES = 8_640_000;
let state = 7;
function noise(): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state >> 20;
}
const day = Float64Array.from({ length: DAY_SAMPLES }, noise);
const table = new BenchTable(calibrate());
const sos = designButterworth('bandpass', [1, 20], 4, 100);
const causal = bestCpuMs(5, () => filterCausal(sos, day));
table.add('band-pass of a day, 4 corners, causal, ms', causal, { budget: 83, goal: 55 });
const zeroPhase = bestCpuMs(5, () => filterZeroPhase(sos, day));
table.add('… zero-phase, ms', zeroPhase, { budget: 132, goal: 107 });
const dead = new Float64Array(DAY_SAMPLES);
dead[0] = 1;
const silence = bestCpuMs(3, () => filterZeroPhase(sos, dead));
table.add('… of a dead channel, ms', silence, { budget: 132, goal: 107 });
table.add('30 traces × 10 min, each corner another picture, ms', bestCpuMs(30, drawScreen()), {
  budget: 20,
  goal: 8,
});
const hour = day.subarray(0, 720_000);
table.add(
  'an hour from 200 to 100 Hz, ms',
  bestCpuMs(5, () => resampleTo(hour, 200, 100)),
  { budget: 40, goal: 20 },
);
table.add(
  'an hour from 40 to 100 Hz, ms',
  bestCpuMs(5, () => resampleTo(hour.subarray(0, 144_000), 40, 100)),
  { budget: 40, goal: 20 },
);
table.print();

/** What the worker threads do for one picture while an analyst turns a filter. */
function drawScreen(): () => void {
  const startNs = parseTime('2026-05-01T00:00:00');
  const count = 60_000;
  const endNs = epochNs(startNs + samplesToNs(count, 100));
  const screen = Array.from({ length: 30 }, () => {
    const samples = new Int32Array(new SharedArrayBuffer(4 * count));
    for (let i = 0; i < count; i++) samples[i] = noise();
    const firstSample = absoluteSample(startNs, 100);
    const segment = { startNs, sampleRateHz: 100, sampleCount: count, firstSample, samples, pyramid: undefined }; // prettier-ignore
    return { startNs, endNs, sampleRateHz: 100, slices: [{ segment, from: 0, to: count }] };
  });
  let highHz = 10;
  return () => {
    highHz = highHz < 20 ? highHz + 0.1 : 10;
    const filter = { lowHz: 1, highHz, corners: 4, zeroPhase: false };
    for (const run of screen) {
      drawTrace({ runs: [run], window: { startNs, endNs }, widthPx: 1740, filter, demean: true });
    }
  };
}
