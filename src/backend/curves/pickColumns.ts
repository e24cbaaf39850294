// Many picks as columns of numbers: a million of them on one drag must not become objects.

import type { EpochNs } from '../../base/time.ts';
import type { RepickedRun } from '../../domain/event/repick.ts';
import { samplesToNs } from '../../domain/waveform/traceSegment.ts';

/** Where samples lie in time. */
export interface TimeAxis {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
}

type Columns = Pick<RepickedRun, 'timesNs' | 'sensors' | 'phases' | 'probabilities'>;

/** Picks of one stretch of a sensor come label by label, each in order of time; they are stored in order of time. */
export class PickColumns {
  #timesNs = new BigInt64Array(1024);
  #sensors = new Uint32Array(1024);
  #phases = new Uint8Array(1024);
  #probabilities = new Float32Array(1024);
  #count = 0;
  #samples = new Float64Array(1024);
  #labels = new Uint8Array(1024);
  #heights = new Float32Array(1024);
  #waiting = 0;
  /** Where each row of ascending samples begins among those waiting. */
  #rows: number[] = [];

  /** A pick of the stretch that is being read. */
  add(sample: number, label: number, probability: number): void {
    const at = this.#waiting;
    if (at === this.#samples.length) {
      this.#samples = grown(this.#samples, new Float64Array(2 * at));
      this.#labels = grown(this.#labels, new Uint8Array(2 * at));
      this.#heights = grown(this.#heights, new Float32Array(2 * at));
    }
    const goesOn =
      at > 0 && this.#labels[at - 1] === label && sample >= (this.#samples[at - 1] as number);
    if (!goesOn) this.#rows.push(at);
    this.#samples[at] = sample;
    this.#labels[at] = label;
    this.#heights[at] = probability;
    this.#waiting = at + 1;
  }

  /** Stores the picks of the stretch, in order of time, then of the labels. */
  endStretch(sensor: number, axis: TimeAxis): void {
    const from = this.#count;
    this.#reserve(this.#waiting);
    const order = this.#rows.length <= 4 ? this.#merged() : this.#sorted();
    for (let n = 0; n < this.#waiting; n += 1) {
      const k = order[n] as number;
      this.#sensors[from + n] = sensor;
      this.#phases[from + n] = this.#labels[k] as number;
      this.#probabilities[from + n] = this.#heights[k] as number;
    }
    this.#writeTimes(order, axis);
    this.#count += this.#waiting;
    this.#waiting = 0;
    this.#rows = [];
  }

  columns(): Columns {
    const count = this.#count;
    return {
      timesNs: this.#timesNs.slice(0, count),
      sensors: this.#sensors.slice(0, count),
      phases: this.#phases.slice(0, count),
      probabilities: this.#probabilities.slice(0, count),
    };
  }

  #merged(): Uint32Array {
    const order = new Uint32Array(this.#waiting);
    const heads = [...this.#rows];
    const ends = [...this.#rows.slice(1), this.#waiting];
    for (let n = 0; n < order.length; n += 1) {
      let best = -1;
      for (let row = 0; row < heads.length; row += 1) {
        const head = heads[row] as number;
        if (head >= (ends[row] as number)) continue;
        if (best < 0 || this.#isBefore(head, heads[best] as number)) best = row;
      }
      order[n] = heads[best] as number;
      heads[best] = (heads[best] as number) + 1;
    }
    return order;
  }

  #sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.#waiting }, (_, k) => k);
    return order.sort((a, b) => (this.#isBefore(a, b) ? -1 : this.#isBefore(b, a) ? 1 : 0));
  }

  #isBefore(a: number, b: number): boolean {
    const apart = (this.#samples[a] as number) - (this.#samples[b] as number);
    return apart === 0 ? (this.#labels[a] as number) < (this.#labels[b] as number) : apart < 0;
  }

  /** Whole nanoseconds a sample are added as two halves of 32 bits: a bigint for each pick takes far longer. */
  #writeTimes(order: Uint32Array, { startNs, sampleRateHz }: TimeAxis): void {
    const stepNs = 1e9 / sampleRateHz;
    if (!Number.isInteger(stepNs)) {
      for (let n = 0; n < this.#waiting; n += 1) {
        const sample = this.#samples[order[n] as number] as number;
        this.#timesNs[this.#count + n] = startNs + samplesToNs(sample, sampleRateHz);
      }
      return;
    }
    const halves = new Uint32Array(this.#timesNs.buffer);
    const startLow = Number(BigInt.asUintN(32, startNs));
    const startHigh = Number(BigInt.asIntN(32, startNs >> 32n));
    for (let n = 0; n < this.#waiting; n += 1) {
      const low = startLow + (this.#samples[order[n] as number] as number) * stepNs;
      const carried = Math.floor(low / 2 ** 32);
      halves[2 * (this.#count + n)] = low - carried * 2 ** 32;
      halves[2 * (this.#count + n) + 1] = startHigh + carried;
    }
  }

  #reserve(more: number): void {
    const needed = this.#count + more;
    if (needed <= this.#timesNs.length) return;
    const length = Math.max(needed, 2 * this.#timesNs.length);
    this.#timesNs = grown(this.#timesNs, new BigInt64Array(length));
    this.#sensors = grown(this.#sensors, new Uint32Array(length));
    this.#phases = grown(this.#phases, new Uint8Array(length));
    this.#probabilities = grown(this.#probabilities, new Float32Array(length));
  }
}

function grown<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}
