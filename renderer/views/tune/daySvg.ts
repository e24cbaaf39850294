// The day strip as files: what is on the screen, column by column, and every pick.

import { formatIso } from '../../../src/base/time.ts';
import { isKept, type PickSelection } from '../../../src/domain/event/candidates.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { DayColumns } from '../../canvas/overlays/dayStrip.ts';
import { timeTicks } from '../../canvas/axes/timeTicks.ts';

const ROW_PX = 24;
const LEFT_PX = 80;
const TOP_PX = 30;

export function daySvg(
  columns: DayColumns,
  picks: PickSelection,
  window: TimeWindow,
  colour: (token: string) => string,
): string {
  const { rows, widthPx } = columns;
  const foot = TOP_PX + rows * ROW_PX;
  const width = LEFT_PX + widthPx + 16;
  const bars: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const middle = TOP_PX + (row + 0.5) * ROW_PX;
    for (const side of [0, 1]) {
      for (const [values, token] of [
        [columns.below, '--n-7'],
        [columns.kept, side === 0 ? '--phase-p' : '--phase-s'],
      ] as const) {
        let path = '';
        for (let x = 0; x < widthPx; x += 1) {
          const value = values[(row * 2 + side) * widthPx + x] ?? 0;
          const length = (side === 0 ? -1 : 1) * value * (ROW_PX / 2 - 1);
          if (value > 0) path += `M${LEFT_PX + x + 0.5} ${middle}v${length.toFixed(1)}`;
        }
        if (path) bars.push(`<path d="${path}" stroke="${colour(token)}"/>`);
      }
    }
  }
  const names = picks.table.sensorKeys.map(
    (key, row) =>
      `<text x="${LEFT_PX - 8}" y="${TOP_PX + (row + 0.5) * ROW_PX + 4}" text-anchor="end">${key.split('.')[1] ?? key}</text>`,
  );
  const lengthNs = Number(window.endNs - window.startNs);
  const ticks = timeTicks(window, widthPx)
    .filter(({ major }) => major)
    .map(({ time, label }) => {
      const x = LEFT_PX + (Number(time - window.startNs) / lengthNs) * widthPx;
      return `<path d="M${x.toFixed(1)} ${foot}v4" stroke="${colour('--chart-axis')}"/><text x="${x.toFixed(1)}" y="${foot + 16}" text-anchor="middle">${label}</text>`;
    });
  const span = `${formatIso(window.startNs, 0, ' ', '')} UTC, P up, S down`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${foot + 26}" font-family="sans-serif" font-size="11" fill="${colour('--chart-label')}">`,
    `<title>Picks of ${rows} stations from ${span}</title>`,
    `<rect width="100%" height="100%" fill="${colour('--surface-well')}"/>`,
    `<text x="${LEFT_PX}" y="18" fill="${colour('--text-1')}">${rows} stations from ${span}</text>`,
    ...bars,
    ...names,
    ...ticks,
    '</svg>',
  ].join('\n');
}

/** Every candidate: sensor, phase, time, probability, whether it is a pick. */
export function dayCsv(picks: PickSelection): string {
  const { table } = picks;
  const rows = ['sensor,phase,time,timeNs,probability,picked'];
  for (let i = 0; i < table.heights.length; i += 1) {
    const time = table.timesNs[i] as Parameters<typeof formatIso>[0];
    const sensor = table.sensorKeys[table.sensors[i] ?? 0];
    const phase = table.labels[table.phases[i] ?? 0];
    rows.push(
      `${sensor},${phase},${formatIso(time)},${time},${table.heights[i]},${isKept(picks, i) ? 1 : 0}`,
    );
  }
  return `${rows.join('\n')}\n`;
}
