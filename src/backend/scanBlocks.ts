// The blocks in which a sensor is read: each is read with a margin beyond what is kept of it.

import { addSeconds, maxTime, minTime } from '../base/time.ts';
import type { TimeWindow } from '../domain/waveform/timeWindow.ts';

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
