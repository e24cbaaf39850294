import { epochNs } from '../../../src/base/time.ts';
import { samplesToNs } from '../../../src/domain/waveform/traceSegment.ts';
import { durationS } from '../../../src/domain/waveform/timeWindow.ts';
import type { Pick } from '../../../src/domain/event/pick.ts';
import { formatNslc, parseNslc } from '../../../src/domain/waveform/nslc.ts';
import type { App } from '../../state/app.svelte.ts';
import { type ActionBody, canEdit, hasData, hasTargets } from '../body.ts';
import type { PICK_TABLE } from '../tables/pickTable.ts';
import { nudgeNs } from '../nudge.ts';
import { focusTraces } from '../regions.ts';
import { picksOnTracks, targetPicks } from '../targets.ts';

const SELECT_PAGE = 5_000;

/** With picks that have another phase: relabels them. Otherwise the next click sets this phase. */
const phase = (name: string): ActionBody => ({
  enabled: canEdit,
  run: (app) => {
    const others = targetPicks(app).filter((pick) => pick.phase !== name);
    if (app.selection.mode.kind === 'pick' || others.length === 0) {
      app.selection.mode = { kind: 'pick', phase: name };
      return undefined;
    }
    return app.picks.change(
      others.map((pick) => pick.id),
      { phase: name },
    );
  },
});

const rateOf = (app: App, pick: Pick): number =>
  app.rows.streams.find((s) => s.streamKey === formatNslc(pick.stream))?.sampleRateHz ?? 100;

const nudge = (steps: number, exact: boolean): ActionBody => ({
  enabled: hasTargets,
  run: (app) => {
    const pxS = durationS(app.timeline.zoom) / Math.max(1, app.layout.zoomWidthPx);
    return Promise.all(
      targetPicks(app).map((pick) => {
        const sampleNs = samplesToNs(1, rateOf(app, pick));
        const time = epochNs(pick.time + nudgeNs(steps, sampleNs, exact ? 0 : pxS));
        return app.picks.change([pick.id], { time });
      }),
    );
  },
});

/** Sets a pick at the cursor; there is none while the pointer is off the traces. */
async function setAtCursor(app: App): Promise<boolean> {
  const { mode } = app.selection;
  const { cursor } = app.timeline;
  if (mode.kind !== 'pick' || cursor?.streamKey === undefined) {
    app.remark = 'point at a trace to set the pick there';
    return false;
  }
  const id = await app.picks.add({
    stream: parseNslc(cursor.streamKey),
    time: cursor.time,
    phase: mode.phase,
    lowerUncertaintyS: undefined,
    upperUncertaintyS: undefined,
    polarity: undefined,
    onset: undefined,
    weight: undefined,
    probability: undefined,
    filter: app.filter.inForce,
  });
  app.selection.currentPickId = id;
  app.selection.currentStreamKey = cursor.streamKey;
  return true;
}

async function setAndStepDown(app: App): Promise<void> {
  if (!(await setAtCursor(app))) return;
  const { rows, selection } = app;
  const row = rows.rowOf(selection.currentStreamKey ?? '');
  const next = row === undefined ? undefined : rows.ordered[row + 1];
  if (!next) return;
  selection.currentStreamKey = next.streamKey;
  rows.reveal(next.streamKey);
}

async function selectAll(app: App): Promise<void> {
  const ids: number[] = [];
  for (let offset = 0, total = 1; offset < total; offset += SELECT_PAGE) {
    const page = await app.client.call('catalog.listPicks', {
      ...app.queue.query,
      offset,
      limit: SELECT_PAGE,
    });
    ids.push(...page.picks.map((pick) => pick.id));
    total = page.total;
  }
  app.selection.select(ids);
}

async function makeEvent(app: App): Promise<void> {
  const pickIds = app.selection.targets();
  const { active } = app.events;
  if (active) {
    const all = [...new Set([...active.pickIds, ...pickIds])];
    const args = { eventId: active.id, origin: active.origin, pickIds: all };
    await app.picks.edit(() => app.client.call('catalog.changeEvent', args));
  } else {
    const reply = await app.picks.edit(() =>
      app.client.call('catalog.makeEvent', { pickIds, origin: undefined }),
    );
    app.events.activeId = reply.eventId;
  }
  await app.events.load();
  app.selection.pickIds.clear();
}

/** Whether the focus is in a field, which Esc only leaves. */
function inField(): boolean {
  return document.activeElement?.matches('input, select, textarea') ?? false;
}

/** Picking, then what lies above, then the selection: in that order. */
function escape(app: App): void {
  const { selection, dialogs } = app;
  if (selection.mode.kind === 'pick') selection.mode = { kind: 'nav' };
  else if (dialogs.closePopovers() || inField()) focusTraces();
  else if (selection.pickIds.size > 0) selection.pickIds.clear();
  else selection.currentPickId = undefined;
}

export const PICK_BODIES = {
  'pick.phaseP': phase('P'),
  'pick.phaseS': phase('S'),
  'pick.phasePn': phase('Pn'),
  'pick.phasePg': phase('Pg'),
  'pick.phaseSn': phase('Sn'),
  'pick.phaseSg': phase('Sg'),
  'pick.phaseLg': phase('Lg'),
  'pick.phaseRg': phase('Rg'),
  'pick.phaseUnknown': phase('?'),
  'picking.setNext': { enabled: canEdit, run: setAndStepDown },
  'picking.setStay': { enabled: canEdit, run: setAtCursor },
  'pick.earlier': nudge(-1, false),
  'pick.later': nudge(1, false),
  'pick.earlier10': nudge(-10, false),
  'pick.later10': nudge(10, false),
  'pick.earlierSample': nudge(-1, true),
  'pick.laterSample': nudge(1, true),
  'repick.propose': { enabled: hasData, run: ({ repick }) => repick.propose() },
  'repick.accept': {
    enabled: (app) => canEdit(app) && app.repick.ghost !== undefined,
    run: ({ repick }) => repick.accept(),
  },
  'repick.leave': {
    enabled: ({ repick }) => repick.ghost !== undefined,
    run: ({ repick }) => repick.leave(),
  },
  'select.inView': {
    run: (app) => app.selection.select(picksOnTracks(app).map((pick) => pick.id)),
  },
  'select.all': { run: selectAll },
  'select.none': { run: (app) => app.selection.pickIds.clear() },
  'event.make': { enabled: hasTargets, run: makeEvent },
  'event.leave': {
    run: (app) => {
      app.events.activeId = undefined;
    },
  },
  escape: { run: escape },
} satisfies Record<(typeof PICK_TABLE)[number]['id'], ActionBody>;
