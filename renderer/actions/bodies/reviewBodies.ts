import type { EditReply } from '../../../src/contract/messages/catalog.ts';
import type { Decision } from '../../../src/domain/event/pick.ts';
import { reloadQueue } from '../../client/load.ts';
import type { App } from '../../state/app.svelte.ts';
import { QUEUE_ORDERS } from '../../state/reviewQueue.svelte.ts';
import { type ActionBody, canEdit } from '../body.ts';
import type { REVIEW_TABLE } from '../tables/reviewTable.ts';
import { automaticInView } from '../targets.ts';

/** In Tune it is the card of the contact sheet that is decided, while its list is on the left. */
const decide = (decision: Decision): ActionBody => ({
  enabled: canEdit,
  run: (app) =>
    app.space === 'tune' && app.tuning.left === 'changes' && decision !== 'defer'
      ? app.tuningSheet.decide(decision)
      : app.queue.decide(decision),
});

const step = (by: (app: App) => number): ActionBody => ({
  run: (app) => app.queue.step(by(app)),
});

/** After undo or redo the pick it was about comes into view. */
async function turnBack(app: App, work: () => Promise<EditReply>): Promise<void> {
  const { picks } = await work();
  await Promise.all([reloadQueue(app), app.events.load()]);
  if (picks[0]) app.queue.show(picks[0]);
}

export const REVIEW_BODIES = {
  'review.accept': decide('accept'),
  'review.reject': decide('reject'),
  'review.defer': decide('defer'),
  'review.acceptInView': {
    enabled: canEdit,
    run: (app) => {
      if (automaticInView(app).length > 0) app.dialogs.show('acceptAll');
      else app.remark = 'no automatic pick in view';
    },
  },
  'queue.next': step(() => 1),
  'queue.previous': step(() => -1),
  'queue.pageDown': step((app) => app.queue.fits),
  'queue.pageUp': step((app) => -app.queue.fits),
  'queue.first': step((app) => -app.queue.rows.total),
  'queue.last': step((app) => app.queue.rows.total),
  'queue.orderBy': {
    run: ({ queue }) => {
      const at = QUEUE_ORDERS.indexOf(queue.orderBy);
      return queue.setOrder(QUEUE_ORDERS[(at + 1) % QUEUE_ORDERS.length] ?? 'time');
    },
  },
  'review.summary': {
    enabled: (app) => app.runs.length > 0,
    whyNot: () => 'run the model first',
    run: (app) => app.reviewSummary.open(),
  },
  'review.nextWaiting': {
    run: async (app) => {
      if (!(await app.queue.advance())) app.remark = 'nothing waits for review';
    },
  },
  'picks.hide': {
    run: (app) => {
      app.picks.hidden = true;
    },
    release: (app) => {
      app.picks.hidden = false;
    },
  },
  'edit.undo': {
    enabled: (app) => canEdit(app) && app.picks.undoLabel !== undefined,
    whyNot: (app) => (app.readOnly ? 'this project is read-only' : 'nothing to undo'),
    run: (app) => turnBack(app, () => app.picks.undo()),
  },
  'edit.redo': {
    enabled: (app) => canEdit(app) && app.picks.redoLabel !== undefined,
    whyNot: (app) => (app.readOnly ? 'this project is read-only' : 'nothing to redo'),
    run: (app) => turnBack(app, () => app.picks.redo()),
  },
} satisfies Record<(typeof REVIEW_TABLE)[number]['id'], ActionBody>;
