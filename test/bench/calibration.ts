// A fixed amount of work, timed, so that budgets written on one machine mean something on another:
// a bench prints value / calibrate() beside the value.

const ROUNDS = 4_000_000;

function integerWork(scratch: Int32Array): number {
  let state = 12345;
  let sum = 0;
  const mask = scratch.length - 1;
  for (let i = 0; i < ROUNDS; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    sum = (sum + (scratch[(state >>> 12) & mask] ?? 0)) | 0;
    scratch[i & mask] = sum ^ state;
  }
  return sum;
}

function floatWork(scratch: Float64Array): number {
  let y1 = 0;
  let y2 = 0;
  const mask = scratch.length - 1;
  for (let i = 0; i < ROUNDS; i++) {
    const y = (scratch[i & mask] ?? 0) + 1.6 * y1 - 0.8 * y2;
    y2 = y1;
    y1 = y;
  }
  return y1;
}

/** Milliseconds of CPU of a fixed integer and float loop, best of seven. About 30 ms on the reference machine. */
export function calibrate(): number {
  const integers = new Int32Array(1 << 14);
  const floats = Float64Array.from({ length: 1 << 14 }, (_, i) => Math.sin(i));
  let kept = 0;
  return bestCpuMs(7, () => {
    kept += integerWork(integers) + floatWork(floats);
    if (Number.isNaN(kept)) throw new Error('calibration diverged');
  });
}

/** The least CPU time of `run` in `times` runs, in ms. Least, because other work only ever adds. */
export function bestCpuMs(times: number, run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < times; i++) {
    const before = process.cpuUsage();
    run();
    const used = process.cpuUsage(before);
    best = Math.min(best, (used.user + used.system) / 1000);
  }
  return best;
}
