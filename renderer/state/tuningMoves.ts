// What goes beyond tuning itself: the view goes to a change, the detail shows the picks of old or new settings.

import { epochNs } from '../../src/base/time.ts';
import { type CandidateTable, isKept, rangeOf } from '../../src/domain/event/candidates.ts';
import type { Pick as CatalogPick } from '../../src/domain/event/pick.ts';
import { parseNslc } from '../../src/domain/waveform/nslc.ts';
import { thresholdsAt } from '../../src/domain/parameterSet/setChanges.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { App } from './app.svelte.ts';
import { sensorStream } from './sensorStream.ts';
import { type Change, changeAt, type ChangeKind, type ChangeLists, entryAt, nextChange, placeOfChange } from './tuningChanges.ts'; // prettier-ignore

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
  if (index < 0 || index >= tuning.changeCounts[kind]) return undefined;
  return changeAt(kind, place, { diff, before, after });
}

function changeLists(app: App): ChangeLists {
  return {
    count: (kind) => app.tuning.changeCounts[kind],
    at: (kind, index) => changeOf(app, kind, index),
  };
}

/** The place of a change in the list of its kind; −1 where it is none any more. */
export function indexOfChange(app: App, change: Change): number {
  return placeOfChange(changeLists(app), change);
}

/** `j` and `J`: the next change in time, whatever its kind, around the end if need be. */
export function stepChange(app: App, by: 1 | -1): void {
  const { currentChange } = app.tuning;
  const next = nextChange(changeLists(app), by, currentChange, app.timeline.zoom.startNs);
  if (next) goToChange(app, next);
  else app.remark = 'nothing has changed against what is saved';
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
  const shown = tuning.shown === 'old' ? tuning.basePicks : tuning.viewPicks;
  const sensor = sensorKey === undefined ? -1 : (shown?.table.sensorKeys.indexOf(sensorKey) ?? -1);
  if (!shown || sensorKey === undefined || sensor < 0) return [];
  const { table } = shown;
  const [from, to] = rangeOf(
    table,
    sensor,
    Number(window.startNs - table.originNs),
    Number(window.endNs - table.originNs),
  );
  const streams = table.labels.map((label) =>
    parseNslc(sensorStream(app.rows.streams, sensorKey, label)),
  );
  const picks: CatalogPick[] = [];
  for (let i = from; i < to; i += 1) {
    const stream = streams[table.phases[i] ?? 0];
    if (stream && isKept(shown, i)) picks.push(pickOf(table, i, stream, tuning.run?.id));
  }
  return picks;
}

function pickOf(
  table: CandidateTable,
  place: number,
  stream: CatalogPick['stream'],
  runId: number | undefined,
): CatalogPick {
  const { phase, time, height } = entryAt(table, place);
  const none = { lowerUncertaintyS: undefined, upperUncertaintyS: undefined, polarity: undefined, onset: undefined, weight: undefined }; // prettier-ignore
  return {
    ...none,
    id: -1 - place,
    stream,
    time,
    phase,
    probability: height,
    filter: undefined,
    state: 'automatic',
    author: '',
    method: '',
    runId,
    eventId: undefined,
    createdNs: epochNs(0n),
    publicId: undefined,
  };
}
