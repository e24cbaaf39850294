// The blocks in which a sensor is read: each is read with a margin beyond what is kept of it.

import { addSeconds, maxTime, minTime } from '../../base/time.ts';
import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';

/** Of three components of two sensors at 100 Hz, little memory; and the reads are still few. */
export const BLOCK_S = 3 * 3600;

export interface Block {
  /** What is kept of it. */
  readonly core: TimeWindow;
  readonly read: TimeWindow;
}

/** `blockS` undefined: one block. */
export function blocksOf(window: TimeWindow, blockS: number | undefined, marginS: number): Block[] {
  const blocks: Block[] = [];
  let startNs = window.startNs;
  do {
    const endNs =
      blockS === undefined ? window.endNs : minTime(addSeconds(startNs, blockS), window.endNs);
    blocks.push({
      core: { startNs, endNs },
      read: {
        startNs: maxTime(window.startNs, addSeconds(startNs, -marginS)),
        endNs: minTime(window.endNs, addSeconds(endNs, marginS)),
      },
    });
    startNs = endNs;
  } while (startNs < window.endNs);
  return blocks;
}

/** What is said of stretches that are too short for a window. */
export function shortOnes(
  stream: string,
  durationsS: readonly number[],
  shortestS: number,
): SkippedStream[] {
  // Components that begin or end a moment apart leave slivers nobody misses.
  const missedS = durationsS.filter((durationS) => durationS >= 1);
  if (missedS.length === 0) return [];
  const totalS = missedS.reduce((sum, durationS) => sum + durationS, 0);
  const what =
    missedS.length === 1
      ? `${totalS.toFixed(1)} s between gaps is`
      : `${missedS.length} stretches between gaps, ${totalS.toFixed(1)} s in all, are each`;
  const reason = `${what} shorter than the model's window of ${shortestS.toFixed(0)} s`;
  return [{ stream, reason }];
}
