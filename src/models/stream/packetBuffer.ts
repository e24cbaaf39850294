// Samples of one channel as packets bring them: of any length, in any order, more than once.

import type { Samples } from '../../domain/waveform/traceSegment.ts';

/** Samples from `first` on. NaN where packets disagreed. */
interface Run {
  first: number;
  values: Float64Array;
}

export class PacketBuffer {
  /** In order, without overlap; runs that touch are one. */
  #runs: Run[] = [];
  #conflicts = 0;

  /** Samples of which two packets said different things; they count as missing, whichever came first. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /** Takes the samples of a packet; `first` counts on the channel's grid. */
  insert(first: number, samples: Samples): void {
    const end = first + samples.length;
    const touched = this.#runs.filter((run) => run.first <= end && endOf(run) >= first);
    const from = Math.min(first, touched[0]?.first ?? first);
    const to = Math.max(end, ...touched.map(endOf));
    const values = new Float64Array(to - from);
    values.set(samples, first - from);
    const given = new Uint8Array(to - from).fill(1, first - from, end - from);
    for (const run of touched) this.#merge(run, values, given, from);
    this.#runs = [...this.#runs.filter((run) => !touched.includes(run)), { first: from, values }];
    this.#runs.sort((a, b) => a.first - b.first);
  }

  #merge(run: Run, values: Float64Array, given: Uint8Array, from: number): void {
    for (const [i, value] of run.values.entries()) {
      const at = run.first + i - from;
      if (given[at] === 0) values[at] = value;
      else if (values[at] !== value) {
        if (!Number.isNaN(value)) this.#conflicts += 1;
        values[at] = NaN;
      }
    }
  }

  /** Writes samples `[from, from + row.length)`, NaN where there are none; answers how many there are. */
  read(from: number, row: Float64Array): number {
    row.fill(NaN);
    const to = from + row.length;
    for (const run of this.#runs) {
      const start = Math.max(from, run.first);
      const end = Math.min(to, endOf(run));
      if (start < end)
        row.set(run.values.subarray(start - run.first, end - run.first), start - from);
    }
    let present = 0;
    for (const value of row) if (!Number.isNaN(value)) present += 1;
    return present;
  }

  /** Whether all samples `[from, to)` have come. */
  covers(from: number, to: number): boolean {
    return this.#runs.some((run) => run.first <= from && endOf(run) >= to);
  }

  /** First sample and the one after the last; undefined when empty. */
  extent(): { first: number; end: number } | undefined {
    const [first] = this.#runs;
    const last = this.#runs.at(-1);
    return first && last ? { first: first.first, end: endOf(last) } : undefined;
  }

  /** Forgets samples before `sample`. */
  dropBefore(sample: number): void {
    this.#runs = this.#runs.flatMap((run) => {
      if (run.first >= sample) return [run];
      if (endOf(run) <= sample) return [];
      return [{ first: sample, values: run.values.slice(sample - run.first) }];
    });
  }
}

function endOf({ first, values }: Run): number {
  return first + values.length;
}
