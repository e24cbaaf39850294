// What goes beyond tuning itself: the view goes to a change, the detail shows the picks of old or new settings.

import { epochNs } from '../../src/base/time.ts';
import { type CandidateTable, rangeOf } from '../../src/domain/event/candidates.ts';
import type { Pick as CatalogPick } from '../../src/domain/event/pick.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { thresholdsAt } from '../../src/domain/parameterSet/setChanges.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { App } from './app.svelte.ts';
import { sensorStream } from './sensorStream.ts';
import { type Change, CHANGE_KINDS, changeAt, type ChangeKind, entryAt } from './tuningChanges.ts';

type Place = Pick<Change, 'sensorKey' | 'phase' | 'time'>;

/** Zoom, traces and selection go to an onset of a sensor. */
export function goToPlace(app: App, { sensorKey, phase, time }: Place): void {
  const streamKey = sensorStream(app.rows.streams, sensorKey, phase);
  app.selection.pickIds.clear();
  app.selection.currentPickId = undefined;
  app.selection.currentStreamKey = streamKey;
  app.rows.reveal(streamKey);
  app.timeline.reveal(time);
  app.timeline.centreZoom(time);
}

export function goToChange(app: App, change: Change): void {
  app.tuning.currentChange = change;
  goToPlace(app, change);
}

/** The change at a place of the list of its kind. */
export function changeOf(app: App, kind: ChangeKind, index: number): Change | undefined {
  const { tuning } = app;
  const { diff, basePicks: before, picks: after } = tuning;
  const place = kind === 'moved' ? index : diff?.[kind][index];
  if (!diff || !before || !after || place === undefined) return undefined;
  if (index >= tuning.changeCounts[kind]) return undefined;
  return changeAt(kind, place, { diff, before, after });
}

/** `j` and `J`: the next change in time, whatever its kind, around the end if need be. */
export function stepChange(app: App, by: 1 | -1): void {
  const { tuning } = app;
  const all = CHANGE_KINDS.flatMap((kind) =>
    Array.from(
      { length: tuning.changeCounts[kind] },
      (_, index) => changeOf(app, kind, index) ?? [],
    ).flat(),
  ).sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const { currentChange: current } = tuning;
  const at = all.findIndex((one) => current && sameChange(one, current));
  const later = all.findIndex(({ time }) => time > app.timeline.zoom.startNs);
  const first = by > 0 ? Math.max(0, later) : (later < 0 ? all.length : later) - 1;
  const next = at >= 0 ? all.at((at + by) % all.length) : all.at(first);
  if (next) goToChange(app, next);
  else app.remark = 'nothing has changed against what is saved';
}

export function sameChange(a: Change, b: Change): boolean {
  return a.kind === b.kind && a.sensorKey === b.sensorKey && a.phase === b.phase && a.time === b.time; // prettier-ignore
}

/** What the detail shows in Tune: the analyst's picks, solid, and those of the tuned run; else the picks as they are. */
export function tunedView(
  app: App,
  picks: readonly CatalogPick[],
  sensorKey: string | undefined,
): readonly CatalogPick[] {
  if (app.space !== 'tune') return picks;
  const analysts = picks.filter(({ state }) => state === 'manual' || state === 'confirmed');
  return [...analysts, ...tunedPicks(app, sensorKey, app.timeline.zoom)];
}

/** The threshold as turned, in Tune, of the settings that are shown. */
export function tunedThreshold(
  app: App,
  label: string,
  sensorKey: string | undefined,
): number | undefined {
  if (app.space !== 'tune') return undefined;
  const { shown, baseSettings, draft } = app.tuning;
  const settings = shown === 'old' ? baseSettings : draft;
  if (!settings) return undefined;
  return thresholdsAt(settings.thresholds, settings.sensorThresholds, sensorKey ?? '')[label];
}

/** Picks of the tuned run of one sensor in a window, as the traces draw picks; ids below 0 are not the catalog's. */
function tunedPicks(app: App, sensorKey: string | undefined, window: TimeWindow): CatalogPick[] {
  const { tuning } = app;
  const { shown, candidates, draft } = tuning;
  const whole = shown === 'old' ? tuning.basePicks : (tuning.viewPicked ?? tuning.picks);
  const table = shown === 'new' && candidates ? candidates : whole?.table;
  const sensor = sensorKey === undefined ? -1 : (table?.sensorKeys.indexOf(sensorKey) ?? -1);
  if (!table || !draft || sensorKey === undefined || sensor < 0) return [];
  const span = [window.startNs, window.endNs].map((time) => Number(time - table.originNs));
  const [from, to] = rangeOf(table, sensor, span[0] ?? 0, span[1] ?? 0);
  // What is in view does not wait for the rest.
  const limits = thresholdsAt(draft.thresholds, draft.sensorThresholds, sensorKey);
  const reaches = (i: number): boolean =>
    (table.heights[i] ?? 0) >= (limits[table.labels[table.phases[i] ?? 0] ?? ''] ?? Infinity);
  const keeps = shown === 'new' && candidates ? reaches : (i: number) => whole?.kept[i] === 1;
  const picks: CatalogPick[] = [];
  for (let i = from; i < to; i += 1) if (keeps(i)) picks.push(pickOf(app, table, i));
  return picks;
}

function pickOf(app: App, table: CandidateTable, place: number): CatalogPick {
  const { sensorKey, phase, time, height } = entryAt(table, place);
  const none = { lowerUncertaintyS: undefined, upperUncertaintyS: undefined, polarity: undefined, onset: undefined, weight: undefined }; // prettier-ignore
  return {
    ...none,
    id: -1 - place,
    stream: parseNslc(sensorStream(app.rows.streams, sensorKey, phase)),
    time,
    phase,
    probability: height,
    filter: undefined,
    state: 'automatic',
    author: '',
    method: '',
    runId: app.tuning.run?.id,
    eventId: undefined,
    createdNs: epochNs(0n),
    publicId: undefined,
  };
}
