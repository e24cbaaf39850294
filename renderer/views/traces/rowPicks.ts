import type { Pick } from '../../../src/domain/event/pick.ts';
import { formatNslc, sensorKey } from '../../../src/domain/waveform/nslc.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import { formatBand, formatClock, formatProbability } from '../../canvas/axes/numbers.ts';
import type { DrawnPick } from '../../canvas/overlays/picks.ts';
import type { LivePick } from '../../state/pickDrag.svelte.ts';
import { pickWarnings } from '../words.ts';
import { xOfTime } from './plotMath.ts';

// Which picks stand where, and how they read aloud.

/** What decides which picks are drawn and how. */
export interface PickLook {
  readonly hidden: boolean;
  readonly showRejected: boolean;
  readonly selectedIds: ReadonlySet<number>;
  readonly currentId: number | undefined;
  readonly hoverId: number | undefined;
  readonly live: LivePick | undefined;
  /** Whether blinking between two runs leaves a pick out. */
  readonly leavesOut?: (pick: Pick) => boolean;
}

/** Picks by the row that shows them: their own stream's, or, with one row a sensor, their sensor's. */
export function picksByRow(
  picks: readonly Pick[],
  rowKeys: readonly string[],
  onePerSensor: boolean,
): Map<string, Pick[]> {
  const rowOf = new Map<string, string>();
  for (const key of rowKeys) rowOf.set(onePerSensor ? key.slice(0, -1) : key, key);
  const byRow = new Map<string, Pick[]>();
  for (const pick of picks) {
    const row = rowOf.get(onePerSensor ? sensorKey(pick.stream) : formatNslc(pick.stream));
    if (row === undefined) continue;
    const own = byRow.get(row);
    if (own) own.push(pick);
    else byRow.set(row, [pick]);
  }
  return byRow;
}

const LIVE_ID = -1;

/** Picks of one row as they are drawn in a window; the one under the hand where the hand has it. */
export function drawnPicks(
  picks: readonly Pick[],
  { window, widthPx }: { window: TimeWindow; widthPx: number },
  look: PickLook,
): DrawnPick[] {
  const { live } = look;
  const pxPerS = (widthPx / Number(window.endNs - window.startNs)) * 1e9;
  const drawn: DrawnPick[] = [];
  for (const pick of picks) {
    const dragged = live?.pick?.id === pick.id && live.meant;
    const selected = look.selectedIds.has(pick.id) || look.currentId === pick.id;
    if (pick.state === 'rejected' && !look.showRejected && !selected) continue;
    if (look.leavesOut?.(pick)) continue;
    const xPx = xOfTime(window, widthPx, dragged ? live.time : pick.time);
    const lowerPx = ((dragged ? live.lowerS : pick.lowerUncertaintyS) ?? 0) * pxPerS;
    const upperPx = ((dragged ? live.upperS : pick.upperUncertaintyS) ?? 0) * pxPerS;
    if (xPx + upperPx < -60 || xPx - lowerPx > widthPx + 60) continue;
    const state = dragged ? 'manual' : pick.state;
    const { id, phase, onset, polarity, probability } = pick;
    drawn.push({ id, phase, onset, polarity, probability, state, selected, dragged, xPx, lowerPx, upperPx, hovered: look.hoverId === id, warned: pickWarnings(pick).length > 0 }); // prettier-ignore
  }
  return look.hidden ? drawn.filter((pick) => pick.dragged) : drawn;
}

/** A pick that is being set and has no place in the catalog yet. */
export function newPick(
  live: LivePick,
  { window, widthPx }: { window: TimeWindow; widthPx: number },
): DrawnPick {
  const pxPerS = (widthPx / Number(window.endNs - window.startNs)) * 1e9;
  return {
    id: LIVE_ID,
    phase: live.phase,
    onset: undefined,
    polarity: undefined,
    probability: undefined,
    state: 'manual',
    selected: true,
    dragged: true,
    hovered: false,
    xPx: xOfTime(window, widthPx, live.time),
    lowerPx: (live.lowerS ?? 0) * pxPerS,
    upperPx: (live.upperS ?? 0) * pxPerS,
  };
}

/** `P on UW.HANS..HHZ at 02:21:17.40, automatic, probability .71, ± 0.04 s`. */
export function readAloud(pick: Pick): string {
  const probability = pick.probability === undefined ? '' : `, probability ${formatProbability(pick.probability)}`; // prettier-ignore
  const band = formatBand(pick.lowerUncertaintyS, pick.upperUncertaintyS);
  const polarity = pick.polarity ? `, ${pick.polarity}` : '';
  const where = formatNslc(pick.stream);
  const when = formatClock(pick.time, 2);
  const warnings = pickWarnings(pick).map((warning) => `, ${warning}`);
  return `${pick.phase} on ${where} at ${when}, ${pick.state}${polarity}${probability}${band && `, ${band}`}${warnings.join('')}`;
}
