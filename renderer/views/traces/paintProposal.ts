import { parseNslc, sensorKey } from '../../../src/domain/waveform/nslc.ts';
import { durationS, type TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { paintGhost } from '../../canvas/overlays/ghost.ts';
import type { Pen } from '../../canvas/pen.ts';
import type { Ghost } from '../../state/repick.svelte.ts';
import { xOfTime } from './plotMath.ts';

/** What is proposed, on the sensor it is of. */
export function paintProposal(
  pen: Pen,
  ghost: Ghost | undefined,
  place: { window: TimeWindow; sensor: string | undefined; span: readonly [number, number] },
): void {
  if (!ghost || sensorKey(parseNslc(ghost.streamKey)) !== place.sensor) return;
  const { window, span } = place;
  const { phase, time, lowerUncertaintyS, upperUncertaintyS } = ghost;
  const pxPerS = pen.widthPx / durationS(window);
  const xPx = xOfTime(window, pen.widthPx, time);
  const [lowerPx, upperPx] = [lowerUncertaintyS * pxPerS, upperUncertaintyS * pxPerS];
  paintGhost(pen, { phase, xPx, lowerPx, upperPx }, ...span);
}
