// QuakeML 1.2 (Basic Event Description) as other programs accept it: every required element, one of each where one
// is allowed, references that resolve, identifiers that are valid, default namespace (ObsPy reads nothing else).
// The same catalog always gives the same bytes: no clock and no random number is asked.

import type { CatalogExtract } from '../../domain/event/catalogDocument.ts';
import { byTimeThenStream } from '../../domain/event/pickRecord.ts';
import { eventPublicId, ownPublicId, pickPublicId } from '../../domain/event/publicId.ts';
import type { Pick } from '../../domain/event/pick.ts';
import type { Origin, SeismicEvent } from '../../domain/event/seismicEvent.ts';
import { onsetComment } from './comments.ts';
import { isResourceId, methodToId } from './identifiers.ts';
import { pickLines } from './pickWriter.ts';
import { runToText } from './runText.ts';
import { quakemlEnumerations } from './schema.ts';
import {
  commentLine,
  creationLine,
  element,
  MAX_AUTHOR_LENGTH,
  realLine,
  timeLine,
} from './lines.ts';

export interface QuakemlOptions {
  /** Rejected picks are tombstones; they are left out unless asked for. */
  readonly includeRejected: boolean;
  readonly programVersion: string;
}

/** The event that holds what belongs to no event; QuakeML has no other place for such picks. */
export const UNASSOCIATED_EVENT_ID = 'smi:local/onset/event/unassociated-picks';
const UNASSOCIATED_TEXT =
  'Picks that belong to no event. This element only holds them: it is not an earthquake and has no origin.';

/** The catalog as one QuakeML 1.2 document. */
export function writeQuakeml(extract: CatalogExtract, options: QuakemlOptions): string {
  return [...quakemlChunks(extract, options)].join('');
}

/** The same in pieces, one an event, for catalogs too large to hold as one text. */
export function* quakemlChunks(
  extract: CatalogExtract,
  options: QuakemlOptions,
): Generator<string> {
  const kept = extract.picks.filter((pick) => options.includeRejected || pick.state !== 'rejected');
  const { byEvent, loose } = groupPicks(extract.events, kept);
  const ids = new IdGiver();
  const usedRuns = new Set(kept.map((pick) => pick.runId));
  const runs = extract.runs.filter((run) => usedRuns.has(run.id));
  const models = new Map(runs.map((run) => [run.id, `${run.modelId} ${run.modelVersion}`]));
  yield head(options.programVersion);
  for (const run of runs) {
    yield `${commentLine('  ', onsetComment('run', runToText(run))).join('\n')}\n`;
  }
  const context: WriteContext = { ids, models };
  for (const event of [...extract.events].sort(byFirstTime(byEvent))) {
    yield `${eventLines(event, byEvent.get(event.id) ?? [], context).join('\n')}\n`;
  }
  if (loose.length > 0) {
    yield* unassociated(loose, context);
  }
  yield ' </eventParameters>\n</q:quakeml>\n';
}

interface WriteContext {
  readonly ids: IdGiver;
  readonly models: ReadonlyMap<number, string>;
}

/** Gives every object an identifier that is valid and that no other object of the file has. */
class IdGiver {
  readonly #taken = new Set<string>([UNASSOCIATED_EVENT_ID]);

  give(wanted: string, own: string): string {
    let id = isResourceId(wanted) && !this.#taken.has(wanted) ? wanted : own;
    for (let n = 2; this.#taken.has(id); n++) id = `${own}/${n}`;
    this.#taken.add(id);
    return id;
  }
}

function head(programVersion: string): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<q:quakeml xmlns:q="http://quakeml.org/xmlns/quakeml/1.2" xmlns="http://quakeml.org/xmlns/bed/1.2">',
    ' <eventParameters publicID="smi:local/onset/catalog">',
    `  <creationInfo>${element('version', `Onset ${programVersion}`.slice(0, 64))}</creationInfo>`,
    '',
  ].join('\n');
}

function groupPicks(
  events: readonly SeismicEvent[],
  picks: readonly Pick[],
): { byEvent: Map<number, Pick[]>; loose: Pick[] } {
  const byEvent = new Map<number, Pick[]>(events.map((event) => [event.id, []]));
  const loose: Pick[] = [];
  for (const pick of [...picks].sort(byTimeThenStream)) {
    const group = pick.eventId === undefined ? undefined : byEvent.get(pick.eventId);
    (group ?? loose).push(pick);
  }
  return { byEvent, loose };
}

function byFirstTime(byEvent: ReadonlyMap<number, readonly Pick[]>) {
  const timeOf = (event: SeismicEvent) => event.origin?.time ?? byEvent.get(event.id)?.[0]?.time;
  return (a: SeismicEvent, b: SeismicEvent): number => {
    const [left, right] = [timeOf(a) ?? a.createdNs, timeOf(b) ?? b.createdNs];
    if (left !== right) return left < right ? -1 : 1;
    return a.id - b.id;
  };
}

function eventLines(event: SeismicEvent, picks: readonly Pick[], context: WriteContext): string[] {
  const id = context.ids.give(eventPublicId(event), ownPublicId('event', event));
  const known = event.type !== undefined && quakemlEnumerations.get('EventType')?.has(event.type);
  const pickIds = picks.map((pick) => givePickId(pick, context));
  const originId = ownPublicId('origin', event);
  return [
    `  <event publicID="${id}">`,
    ...(event.origin ? [`   ${element('preferredOriginID', originId)}`] : []),
    ...(event.type !== undefined && known ? [`   ${element('type', event.type)}`] : []),
    ...(event.comment ? commentLine('   ', event.comment) : []),
    ...(event.type !== undefined && !known
      ? commentLine('   ', onsetComment('type', event.type))
      : []),
    ...(event.author.length > MAX_AUTHOR_LENGTH
      ? commentLine('   ', onsetComment('author', event.author))
      : []),
    ...creationLine('   ', event.author, event.createdNs),
    ...(event.origin ? originLines(event, event.origin, originId, picks, pickIds) : []),
    ...picks.flatMap((pick, i) => pickLines(pick, pickIds[i] ?? '', context.models)),
    '  </event>',
  ];
}

function givePickId(pick: Pick, { ids }: WriteContext): string {
  return ids.give(pickPublicId(pick), ownPublicId('pick', pick));
}

function originLines(
  event: SeismicEvent,
  origin: Origin,
  originId: string,
  picks: readonly Pick[],
  pickIds: readonly string[],
): string[] {
  const methodId = methodToId(origin.method);
  const byHand = origin.method === 'by hand';
  return [
    `   <origin publicID="${originId}">`,
    timeLine('    ', origin.time, origin.timeUncertaintyS, origin.timeUncertaintyS),
    realLine('    ', 'latitude', origin.latitudeDeg),
    realLine('    ', 'longitude', origin.longitudeDeg),
    ...(origin.depthM === undefined ? [] : [realLine('    ', 'depth', origin.depthM)]),
    ...(methodId ? [`    ${element('methodID', methodId)}`] : []),
    ...(byHand ? [`    ${element('evaluationMode', 'manual')}`] : []),
    ...creationLine('    ', event.author, event.createdNs),
    ...picks.flatMap((pick, i) => arrivalLines(pick, pickIds[i] ?? '')),
    '   </origin>',
  ];
}

/** An arrival says that the origin counts on the pick; a rejected pick, or one without a phase, is none. */
function arrivalLines(pick: Pick, pickId: string): string[] {
  if (pick.state === 'rejected' || pick.phase === '') return [];
  const id = ownPublicId('arrival', pick);
  const inner = element('pickID', pickId) + element('phase', pick.phase);
  return [`    <arrival publicID="${id}">${inner}</arrival>`];
}

function* unassociated(picks: readonly Pick[], context: WriteContext): Generator<string> {
  yield `  <event publicID="${UNASSOCIATED_EVENT_ID}">\n`;
  yield `   <description>${element('text', UNASSOCIATED_TEXT)}</description>\n`;
  for (let from = 0; from < picks.length; from += 50) {
    const some = picks.slice(from, from + 50);
    const lines = some.flatMap((p) => pickLines(p, givePickId(p, context), context.models));
    yield `${lines.join('\n')}\n`;
  }
  yield '  </event>\n';
}
