// Kept curves as parts to draw. What is not kept is lower than the floor: samples of it are drawn as 0, bins from 0 to
// the floor.

import { type EpochNs } from '../../base/time.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import type { TracePart } from '../../domain/waveform/traceWindow.ts';
import { pieceAt, pieceCount, pieceFrom, pieceValues } from '../pickRules/sparseCurve.ts';
import type { KeptPart } from './keptPart.ts';

/** Up to so many samples a pixel the samples themselves are drawn. */
const SAMPLES_PER_PX = 3;

/**
 * Parts of one label in a window, in order of time: samples up to three a pixel, else at most about `widthPx` bins
 * that keep the maximum. Parts of a stretch that follow each other become one.
 */
export function drawKept(
  parts: readonly KeptPart[],
  window: TimeWindow,
  widthPx: number,
): TracePart[] {
  const spanS = Number(window.endNs - window.startNs) / 1e9;
  return runsOfParts(parts).flatMap((run) => {
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) return [];
    const { stretchStartNs, sampleRateHz } = first;
    const index = (time: EpochNs): number => (Number(time - stretchStartNs) * sampleRateHz) / 1e9;
    const from = Math.max(first.from, Math.floor(index(window.startNs)));
    const to = Math.min(last.to, Math.ceil(index(window.endNs)) + 1);
    if (from >= to) return [];
    const perPx = (spanS * sampleRateHz) / Math.max(1, widthPx);
    return [perPx <= SAMPLES_PER_PX ? samplesOf(run, from, to) : binsOf(run, from, to, perPx)];
  });
}

function runsOfParts(parts: readonly KeptPart[]): KeptPart[][] {
  const runs: KeptPart[][] = [];
  for (const part of parts) {
    const before = runs.at(-1)?.at(-1);
    const follows =
      before?.stretchStartNs === part.stretchStartNs &&
      before.to === part.from &&
      before.sampleRateHz === part.sampleRateHz;
    if (follows) runs.at(-1)?.push(part);
    else runs.push([part]);
  }
  return runs;
}

function samplesOf(run: readonly KeptPart[], from: number, to: number): TracePart {
  const { stretchStartNs, sampleRateHz } = run[0] as KeptPart;
  const values = new Float32Array(to - from);
  eachKept(run, from, to, (sample, value) => {
    values[sample - from] = value;
  });
  const startNs = sampleTime(stretchStartNs, from, sampleRateHz);
  return { kind: 'samples', startNs, stepS: 1 / sampleRateHz, offset: 0, values };
}

function binsOf(run: readonly KeptPart[], from: number, to: number, perPx: number): TracePart {
  const { stretchStartNs, sampleRateHz, levels } = run[0] as KeptPart;
  // Bins begin at multiples of their length, so that they stand still while the view moves.
  const perBin = Math.ceil(perPx);
  const first = Math.floor(from / perBin);
  const values = new Float32Array(2 * (Math.ceil(to / perBin) - first));
  for (let i = 1; i < values.length; i += 2) values[i] = levels.floor;
  eachKept(run, first * perBin, to, (sample, value) => {
    const at = 2 * (Math.floor(sample / perBin) - first) + 1;
    if (value > (values[at] as number)) values[at] = value;
  });
  const startNs = sampleTime(stretchStartNs, first * perBin, sampleRateHz);
  return { kind: 'bins', startNs, stepS: perBin / sampleRateHz, offset: 0, values };
}

function eachKept(
  run: readonly KeptPart[],
  from: number,
  to: number,
  take: (sample: number, value: number) => void,
): void {
  for (const { curve } of run) {
    for (let piece = pieceAt(curve, from); piece < pieceCount(curve); piece += 1) {
      const start = pieceFrom(curve, piece);
      if (start >= to) return;
      const values = pieceValues(curve, piece);
      const end = Math.min(values.length, to - start);
      for (let i = Math.max(0, from - start); i < end; i += 1) take(start + i, values[i] as number);
    }
  }
}
