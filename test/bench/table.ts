/** The calibration loop on the machine where the budgets were set. */
const REFERENCE_CALIBRATION_MS = 30;

interface Limits {
  readonly budget: number;
  readonly goal: number;
}

interface Row {
  readonly name: string;
  readonly value: number;
  readonly limits: Limits;
  /** A rate is better when higher. */
  readonly rate: boolean;
}

/** Rows of value, ratio to the calibration loop, budget and goal; the exit code says when one is beyond twice its budget. */
export class BenchTable {
  readonly #rows: Row[] = [];
  readonly #calibrationMs: number;

  constructor(calibrationMs: number) {
    this.#calibrationMs = calibrationMs;
  }

  /** A time in ms. */
  add(name: string, value: number, limits: Limits): void {
    this.#rows.push({ name, value, limits, rate: false });
  }

  /** Something per second. */
  addRate(name: string, value: number, limits: Limits): void {
    this.#rows.push({ name, value, limits, rate: true });
  }

  print(): void {
    const slowness = this.#calibrationMs / REFERENCE_CALIBRATION_MS;
    process.stdout.write(`calibration loop ${this.#calibrationMs.toFixed(1)} ms\n`);
    for (const { name, value, limits, rate } of this.#rows) {
      const ratio = rate ? 1000 / value / this.#calibrationMs : value / this.#calibrationMs;
      const used = rate ? limits.budget / (value * slowness) : value / (limits.budget * slowness);
      if (used > 2) process.exitCode = 1;
      process.stdout.write(
        `${name.padEnd(56)} ${value.toFixed(1).padStart(8)}  ratio ${ratio.toFixed(2).padStart(6)}` +
          `  budget ${limits.budget}, goal ${limits.goal}${used > 2 ? '  BEYOND' : ''}\n`,
      );
    }
  }
}
