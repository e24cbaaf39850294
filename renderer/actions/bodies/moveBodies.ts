import { epochNs, type EpochNs, secondsToNs } from '../../../src/base/time.ts';
import type { Pick } from '../../../src/domain/event/pick.ts';
import { formatNslc } from '../../../src/domain/waveform/nslc.ts';
import type { App } from '../../state/app.svelte.ts';
import type { MOVE_TABLE } from '../tables/moveTable.ts';
import { type ActionBody, hasData } from '../body.ts';
import { picksOnTracks, targetPicks } from '../targets.ts';

const FAR_PAST = epochNs(-(2n ** 62n));
const FAR_FUTURE = epochNs(2n ** 62n);
const NEARBY = 50;
const TIGHT_S = 10;

const middle = (app: App): EpochNs => {
  const { startNs, endNs } = app.timeline.window;
  return epochNs((startNs + endNs) / 2n);
};

/** The pick after (+1) or before (−1) the current one, over the whole catalog. */
async function neighbour(app: App, step: 1 | -1): Promise<Pick | undefined> {
  const current = app.queue.current;
  const time = current?.time ?? middle(app);
  const window =
    step > 0
      ? { startNs: time, endNs: FAR_FUTURE }
      : { startNs: FAR_PAST, endNs: epochNs(time + 1n) };
  const query = { window, orderBy: 'time', limit: NEARBY } as const;
  const first = await app.client.call('catalog.listPicks', query);
  const offset = step > 0 ? 0 : Math.max(0, first.total - NEARBY);
  const { picks } = offset
    ? await app.client.call('catalog.listPicks', { ...query, offset })
    : first;
  const at = picks.findIndex((pick) => pick.id === current?.id);
  if (at >= 0) return picks[at + step];
  return step > 0 ? picks[0] : picks.at(-1);
}

async function stepPick(app: App, step: 1 | -1): Promise<void> {
  const pick = await neighbour(app, step);
  if (pick) app.queue.show(pick);
  else app.remark = step > 0 ? 'no later pick' : 'no earlier pick';
}

function stepPhase(app: App, step: 1 | -1): void {
  const { activeId } = app.events;
  const inEvent = app.picks.inView.filter((p) => activeId !== undefined && p.eventId === activeId);
  const rowOf = new Map(app.rows.ordered.map((s, i) => [s.streamKey.slice(0, -1), i]));
  const row = (pick: Pick): number => rowOf.get(formatNslc(pick.stream).slice(0, -1)) ?? 0;
  const picks = [...(inEvent.length > 0 ? inEvent : picksOnTracks(app))].sort(
    (a, b) => row(a) - row(b) || Number(a.time - b.time),
  );
  const at = picks.findIndex((pick) => pick.id === app.selection.currentPickId);
  const next = at < 0 ? picks.at(step > 0 ? 0 : -1) : picks.at((at + step) % picks.length);
  if (next) app.queue.show(next);
}

async function stepEvent(app: App, step: 1 | -1): Promise<void> {
  const { list, activeId } = app.events;
  const timed = await Promise.all(
    list.map(async (event) => ({ event, time: await eventTime(app, event.id) })),
  );
  timed.sort((a, b) => (a.time < b.time ? -1 : 1));
  const at = timed.findIndex(({ event }) => event.id === activeId);
  const next = at < 0 ? timed.at(step > 0 ? 0 : -1) : timed.at((at + step) % timed.length);
  if (!next) {
    app.remark = 'no events yet: select picks and press e';
    return;
  }
  app.events.activeId = next.event.id;
  const { picks } = await app.client.call('catalog.listPicks', {
    eventId: next.event.id,
    limit: 1,
  });
  if (picks[0]) app.queue.show(picks[0]);
  else app.timeline.reveal(next.time);
}

/** The origin time, or the first pick's while the event is not located. */
async function eventTime(app: App, eventId: number): Promise<EpochNs> {
  const event = app.events.list.find((known) => known.id === eventId);
  if (event?.origin) return event.origin.time;
  const { picks } = await app.client.call('catalog.listPicks', { eventId, limit: 1 });
  return picks[0]?.time ?? epochNs(0n);
}

/** Fits picks into the window with a margin on both sides. */
function fit(app: App, picks: readonly Pick[], marginS: number): void {
  const times = picks.map((pick) => pick.time).sort((a, b) => (a < b ? -1 : 1));
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return;
  const margin = secondsToNs(marginS) + (last - first) / 10n;
  app.timeline.setWindow({ startNs: epochNs(first - margin), endNs: epochNs(last + margin) });
}

function goSelection(app: App): void {
  const selected = app.selection.pickIds.size > 0 ? targetPicks(app) : [];
  if (selected.length > 0) fit(app, selected, 30);
  else app.timeline.showAll();
}

export const MOVE_BODIES = {
  'time.pageForward': { enabled: hasData, run: (app) => app.timeline.page(1) },
  'time.pageBack': { enabled: hasData, run: (app) => app.timeline.page(-1) },
  'tracks.pageDown': { enabled: hasData, run: (app) => app.rows.page(1) },
  'tracks.pageUp': { enabled: hasData, run: (app) => app.rows.page(-1) },
  'tracks.first': { enabled: hasData, run: (app) => app.rows.toEnd('first') },
  'tracks.last': { enabled: hasData, run: (app) => app.rows.toEnd('last') },
  'tracks.more': { enabled: hasData, run: (app) => app.rows.changeCount(1) },
  'tracks.fewer': { enabled: hasData, run: (app) => app.rows.changeCount(-1) },
  'tracks.reset': { enabled: hasData, run: (app) => app.rows.resetCount() },
  'time.goSelection': { enabled: hasData, run: goSelection },
  'time.tightZoom': { enabled: hasData, run: (app) => fit(app, targetPicks(app), TIGHT_S) },
  'pick.next': { enabled: hasData, run: (app) => stepPick(app, 1) },
  'pick.previous': { enabled: hasData, run: (app) => stepPick(app, -1) },
  'event.next': { run: (app) => stepEvent(app, 1) },
  'event.previous': { run: (app) => stepEvent(app, -1) },
  'phase.next': { run: (app) => stepPhase(app, 1) },
  'phase.previous': { run: (app) => stepPhase(app, -1) },
  'station.find': { enabled: hasData, run: (app) => app.dialogs.showPalette('station') },
  'time.goTo': { enabled: hasData, run: (app) => app.dialogs.showPalette('time') },
} satisfies Record<(typeof MOVE_TABLE)[number]['id'], ActionBody>;
