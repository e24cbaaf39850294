import { AppError } from '../../base/appError.ts';
import type { Handlers } from '../../contract/api.ts';
import type { BackendContext } from '../context.ts';
import {
  checkBins,
  checkChange,
  checkContent,
  checkDecision,
  checkId,
  checkMethod,
  checkOrigin,
  checkPickIds,
  checkQuery,
  checkWindow,
} from './catalogArguments.ts';

type CatalogCall = Extract<keyof Handlers, `catalog.${string}`>;

export function catalogHandlers(context: BackendContext): Pick<Handlers, CatalogCall> {
  return { ...readingHandlers(context), ...editingHandlers(context), ...eventHandlers(context) };
}

function readingHandlers(context: BackendContext) {
  return {
    'catalog.listPicks': async (query) => {
      checkQuery(query);
      return context.catalog.picks.list(query);
    },
    'catalog.countPicks': async (query) => {
      checkQuery(query);
      return context.catalog.picks.count(query);
    },
    'catalog.pickDensity': async ({ window, binCount }) => {
      checkWindow(window);
      checkBins(binCount);
      return context.catalog.picks.density(window, binCount);
    },
    'catalog.pickHistory': async ({ pickId }) => {
      checkId(pickId, 'Pick');
      const versions = context.catalog.picks.history(pickId);
      if (versions.length > 0) return versions;
      throw new AppError(
        'not-found',
        `Pick ${pickId} is not in the catalog; look at the list again`,
      );
    },
    'catalog.undoState': async () => {
      const { catalog } = context;
      return { ...catalog.undoState, revision: catalog.revision };
    },
    'catalog.listEvents': async ({ window }) => {
      if (window) checkWindow(window);
      return context.catalog.events.list(window);
    },
  } satisfies Partial<Handlers>;
}

function editingHandlers(context: BackendContext) {
  return {
    'catalog.addPick': async ({ pick, replacing, rejected, method }) => {
      checkContent(pick);
      checkMethod(method);
      if (replacing !== undefined) checkId(replacing, 'Pick');
      return context.catalog.addPick(pick, {
        ...(replacing !== undefined && { replacing }),
        rejected: rejected === true,
        ...(method !== undefined && { method }),
      });
    },
    'catalog.decidePicks': async ({ pickIds, decision }) => {
      checkPickIds(pickIds);
      checkDecision(decision);
      return context.catalog.decidePicks(pickIds, decision);
    },
    'catalog.changePicks': async ({ pickIds, change }) => {
      checkPickIds(pickIds);
      checkChange(change);
      checkMethod(change.method);
      return context.catalog.changePicks(pickIds, change);
    },
    'catalog.removePicks': async ({ pickIds }) => {
      checkPickIds(pickIds);
      return context.catalog.removePicks(pickIds);
    },
    'catalog.undo': async () => context.catalog.undo(),
    'catalog.redo': async () => context.catalog.redo(),
  } satisfies Partial<Handlers>;
}

function eventHandlers(context: BackendContext) {
  return {
    'catalog.makeEvent': async ({ pickIds, origin }) => {
      checkPickIds(pickIds, 0);
      checkOrigin(origin);
      return context.catalog.makeEvent(pickIds, origin);
    },
    'catalog.changeEvent': async ({ eventId, origin, pickIds }) => {
      checkId(eventId, 'Event');
      checkOrigin(origin);
      if (pickIds) checkPickIds(pickIds, 0);
      return context.catalog.changeEvent(eventId, { origin, pickIds });
    },
    'catalog.removeEvent': async ({ eventId }) => {
      checkId(eventId, 'Event');
      return context.catalog.removeEvent(eventId);
    },
  } satisfies Partial<Handlers>;
}
