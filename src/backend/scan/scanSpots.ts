// Places of a sensor's records at which a pick is less sure: near gaps, where records disagreed, where they are cut off.

import { addSeconds, type EpochNs, epochNs, maxTime, minTime } from '../../base/time.ts';
import { sampleTime, samplesToNs, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { clippedSpans } from '../../signal/clipping.ts';

/** Picks in `[startNs, endNs]` are told the words. */
export interface PickSpot {
  readonly startNs: EpochNs;
  readonly endNs: EpochNs;
  /** `gap of 3.2 s on HHN`, `masked 0.05 s on HHZ`, `clipped on HHZ`. */
  readonly words: string;
}

/** A network that sees less than this of a record beside a gap knows little of what is there. */
const NEAR_GAP_S = 5;
const NEAR_MASK_S = 2;
/** A pick is of a clipped record when the record is cut off from so long before to so long after it. */
const CLIPPED_S = { before: 1, after: 3 };
/** Whole numbers of a smaller range stay on one value by themselves. */
const LEAST_INTEGER_RANGE = 1000;
/** They are stored with each pick. */
const MOST_WORDS = 4;
/** Spots so long before the records read now are of picks that have been given out. */
const KEPT_S = 3600;

export class PickSpots {
  #spots: PickSpot[];

  constructor(spots: readonly PickSpot[] = []) {
    this.#spots = [...spots];
  }

  /** A copy, to go on from. */
  get state(): readonly PickSpot[] {
    return [...this.#spots];
  }

  /** The words for a pick, each once; of very many the first ones and how many more there are. */
  at(time: EpochNs): string[] {
    const near = this.#spots.filter(({ startNs, endNs }) => startNs <= time && time <= endNs);
    const words = [...new Set(near.map(({ words: own }) => own))];
    const more = words.length - MOST_WORDS;
    return more <= 0 ? words : [...words.slice(0, MOST_WORDS), `gaps and the like: ${more} more`];
  }

  /** Takes what was read of the streams of a sensor; answers the streams of it that are clipped. */
  take(
    segments: ReadonlyMap<string, readonly TraceSegment[]>,
    readFromNs: EpochNs,
  ): readonly string[] {
    const oldest = addSeconds(readFromNs, -KEPT_S);
    this.#spots = this.#spots.filter(({ endNs }) => endNs >= oldest);
    const clipped: string[] = [];
    for (const [key, ofStream] of segments) {
      const ordered = ofStream.filter(({ samples }) => samples.length > 0);
      ordered.sort((a, b) => (a.startNs < b.startNs ? -1 : a.startNs > b.startNs ? 1 : 0));
      this.#takeGaps(ordered);
      if (ordered.filter((segment) => this.#takeClipped(segment)).length > 0) clipped.push(key);
    }
    return clipped;
  }

  /** Samples that were left out since records of one time disagreed. */
  takeMasked(channel: string, startNs: EpochNs, endNs: EpochNs): void {
    const seconds = Number(endNs - startNs) / 1e9;
    this.#add(
      addSeconds(startNs, -NEAR_MASK_S),
      addSeconds(endNs, NEAR_MASK_S),
      `masked ${seconds.toFixed(2)} s on ${channel}`,
    );
  }

  #takeGaps(ordered: readonly TraceSegment[]): void {
    let last: EpochNs | undefined;
    for (const { stream, startNs, sampleRateHz, samples } of ordered) {
      const gapNs = last === undefined ? 0n : startNs - last;
      if (last !== undefined && gapNs > samplesToNs(1, sampleRateHz) / 2n) {
        const words = `gap of ${gapWords(Number(gapNs) / 1e9)} on ${stream.channel}`;
        this.#add(addSeconds(last, -NEAR_GAP_S), addSeconds(startNs, NEAR_GAP_S), words);
      }
      const endNs = epochNs(startNs + samplesToNs(samples.length, sampleRateHz));
      last = last === undefined ? endNs : maxTime(last, endNs);
    }
  }

  #takeClipped({ stream, startNs, sampleRateHz, samples }: TraceSegment): boolean {
    const spans = clippedSpans(samples);
    if (spans.length === 0 || !isLarge(samples)) return false;
    for (const { from, to } of spans) {
      this.#add(
        addSeconds(sampleTime(startNs, from, sampleRateHz), -CLIPPED_S.after),
        addSeconds(sampleTime(startNs, to, sampleRateHz), CLIPPED_S.before),
        `clipped on ${stream.channel}`,
      );
    }
    return true;
  }

  /** Blocks are read with a margin: what is met again is one spot. */
  #add(startNs: EpochNs, endNs: EpochNs, words: string): void {
    const last = this.#spots.findLastIndex((spot) => spot.words === words);
    const known = this.#spots[last];
    if (known === undefined || known.endNs < startNs || endNs < known.startNs) {
      this.#spots.push({ startNs, endNs, words });
      return;
    }
    const joined = {
      startNs: minTime(known.startNs, startNs),
      endNs: maxTime(known.endNs, endNs),
      words,
    };
    this.#spots[last] = joined;
  }
}

function isLarge(samples: TraceSegment['samples']): boolean {
  if (!(samples instanceof Int32Array)) return true;
  let lowest = Infinity;
  let highest = -Infinity;
  for (const value of samples) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return highest - lowest >= LEAST_INTEGER_RANGE;
}

function gapWords(seconds: number): string {
  if (seconds < 0.1) return `${seconds.toFixed(3)} s`;
  if (seconds < 600) return `${seconds.toFixed(1)} s`;
  return `${Math.round(seconds / 60)} min`;
}
