// Filters and resampling of a day of 100 Hz: node test/bench/signal.ts
// Budgets are the peers' CPU times (ObsPy's for filters) on the reference machine.

import { designButterworth } from '../../src/signal/filter/design.ts';
import { filterCausal, filterZeroPhase } from '../../src/signal/filter/filterSamples.ts';
import { resampleTo } from '../../src/signal/resample/resample.ts';
import { bestCpuMs, calibrate } from './calibration.ts';
import { BenchTable } from './table.ts';

const DAY_SAMPLES = 8_640_000;
let state = 7;
const day = Float64Array.from({ length: DAY_SAMPLES }, () => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return state >> 20;
});
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
