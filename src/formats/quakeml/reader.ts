// Reads QuakeML 1.2 as it is met: valid, nearly valid, of a neighbouring version, with every defect named.
// What is not XML, or not QuakeML, is refused; what is wrong inside costs that thing and a warning.

import { AppError } from '../../base/appError.ts';
import type {
  CatalogDocument,
  DocumentEvent,
  DocumentPick,
} from '../../domain/event/catalogDocument.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import { WarningList } from '../warningList.ts';
import { readXmlRecords, type XmlElement } from '../xml/xmlRecords.ts';
import { QuakemlCheck } from './check.ts';
import { splitComments } from './comments.ts';
import { eventFrom } from './eventReader.ts';
import { commentTexts, pickFrom } from './pickReader.ts';
import { textToRun } from './runText.ts';
import { childrenOf, textOf } from './values.ts';
import { UNASSOCIATED_EVENT_ID } from './writer.ts';

export interface QuakemlDocument extends CatalogDocument {
  /** What is wrong with the file, one sentence each, the line first. A valid file has none. */
  readonly warnings: readonly string[];
  /** What a valid file holds and Onset has no place for, one sentence each. */
  readonly losses: readonly string[];
  /** Epicentral distances that arrivals say, by the `publicId` of their pick. */
  readonly distancesKm: ReadonlyMap<string, number>;
}

const BED = 'http://quakeml.org/xmlns/bed/1.2';
// Other versions, and QuakeML 1.0, where everything is in the root's namespace.
const OTHER_BED = /^http:\/\/quakeml\.org\/xmlns\/(bed|quakeml)(-rt)?\/\d/;
const ROOT = /^http:\/\/quakeml\.org\/xmlns\/quakeml(-rt)?\/\d/;

/**
 * The events and picks of a QuakeML document. Picks of the holder element that our writer uses, and picks outside
 * of any event, have no `eventIndex`. Throws `unreadable-file` for what is not XML, declares a document type, or
 * is another kind of XML; the message begins in the middle of a sentence, for the caller to put the file before.
 */
export function readQuakeml(bytes: Uint8Array): QuakemlDocument {
  const reading = new Reading();
  readXmlRecords(bytes, {
    recordDepth: 3,
    open: (element, depth) => (depth === 1 ? reading.root(element) : reading.container(element)),
    record: (element) => reading.record(element),
  });
  return reading.finish();
}

class Reading {
  readonly #warnings = new WarningList();
  readonly #check = new QuakemlCheck(this.#warnings);
  readonly #events: DocumentEvent[] = [];
  readonly #picks: DocumentPick[] = [];
  readonly #runs: ModelRun[] = [];
  readonly #publicIds = new Set<string>();
  readonly #distancesKm = new Map<string, number>();
  readonly #lost = new Map<string, number>();
  /** The namespace of the file's own elements; undefined until eventParameters opened. */
  #namespace: string | undefined;
  #inContainer = false;

  root(element: XmlElement): void {
    if (element.name !== 'quakeml' || !ROOT.test(element.namespace)) {
      throw new AppError(
        'unreadable-file',
        `it is XML but not QuakeML: its root element is ${element.name}`,
      );
    }
  }

  container(element: XmlElement): void {
    const known = element.namespace === BED || OTHER_BED.test(element.namespace);
    this.#inContainer = element.name === 'eventParameters' && known;
    if (!this.#inContainer) {
      if (known) this.#warnings.add('unknown elements', misplaced(element, 'quakeml'));
      else this.#check.foreignCount++;
      return;
    }
    if (this.#namespace !== undefined) {
      this.#warnings.add(
        'repeated fields',
        `line ${element.line}: there is more than one eventParameters; all are read`,
      );
    }
    this.#namespace = element.namespace;
    if (element.namespace !== BED) {
      this.#warnings.add(
        'another version',
        `line ${element.line}: eventParameters is of ${element.namespace}, not of ${BED}; it is read as if it were`,
      );
    }
    const publicId = element.attributes.get('publicID');
    if (publicId === undefined) {
      this.#warnings.add(
        'missing fields',
        `line ${element.line}: eventParameters lacks its publicID`,
      );
    } else this.#check.declare(publicId, element);
  }

  record(element: XmlElement): void {
    if (!this.#inContainer) return;
    if (element.namespace !== this.#namespace) {
      this.#check.foreignCount++;
      return;
    }
    if (element.name === 'event') this.#event(element);
    else if (element.name === 'pick') this.#loosePick(element);
    else if (element.name === 'comment') this.#catalogComment(element);
    else if (element.name === 'creationInfo') {
      this.#check.check(element, 'CreationInfo', element.namespace);
    } else if (element.name !== 'description') {
      this.#warnings.add('unknown elements', misplaced(element, 'eventParameters'));
    }
  }

  finish(): QuakemlDocument {
    this.#check.checkReferences();
    if (this.#namespace === undefined) {
      this.#warnings.add('no content', 'it holds no eventParameters, so there is nothing to read');
    }
    this.#lose('element or attribute of another namespace', this.#check.foreignCount);
    return {
      distancesKm: this.#distancesKm,
      events: this.#events,
      picks: this.#picks,
      runs: this.#runs,
      warnings: this.#warnings.list(),
      losses: [...this.#lost].map(([what, count]) => `not taken over: ${count} × ${what}`),
    };
  }

  #event(element: XmlElement): void {
    this.#check.check(element, 'Event', element.namespace);
    const holder = element.attributes.get('publicID') === UNASSOCIATED_EVENT_ID;
    const eventIndex = holder ? undefined : this.#events.length;
    if (!holder) {
      const event = eventFrom(element, this.#warnings);
      this.#events.push({ ...event, publicId: this.#ownId(event.publicId) });
      this.#countLost(element);
    }
    for (const pick of childrenOf(element, 'pick')) this.#pick(pick, eventIndex);
  }

  #loosePick(element: XmlElement): void {
    this.#check.check(element, 'Pick', element.namespace);
    this.#warnings.add(
      'picks outside of events',
      `line ${element.line}: pick stands right under eventParameters, which is not QuakeML; it is read as a pick without an event`,
    );
    this.#pick(element, undefined);
  }

  #pick(element: XmlElement, eventIndex: number | undefined): void {
    const read = pickFrom(element);
    if (typeof read === 'string') {
      const text = `line ${element.line}: pick ${read}; it is left out`;
      this.#warnings.add('picks left out', text);
      return;
    }
    const publicId = this.#ownId(read.pick.publicId);
    this.#picks.push({ ...read.pick, publicId, eventIndex });
    this.#lose('comment on a pick', read.remarkCount);
    for (const name of ['horizontalSlowness', 'backazimuth']) {
      this.#lose(`${name} of a pick`, childrenOf(element, name).length);
    }
    if (read.pick.filter === undefined) this.#lose('filterID of another program', filters(element));
  }

  /** Identifiers stay unique: the second object of a name gets another, so that both can be kept apart. */
  #ownId(publicId: string | undefined): string | undefined {
    if (publicId === undefined) return undefined;
    let id = publicId;
    for (let n = 2; this.#publicIds.has(id); n++) id = `${publicId}/${n}`;
    this.#publicIds.add(id);
    return id;
  }

  #catalogComment(element: XmlElement): void {
    this.#check.check(element, 'Comment', element.namespace);
    const text = childrenOf(element, 'text')[0]?.text ?? '';
    const run = textToRun(splitComments([text]).facts.get('run') ?? '');
    if (run) this.#runs.push(run);
    else this.#lose('comment on the catalog', 1);
  }

  #countLost(event: XmlElement): void {
    const count = (name: string) => childrenOf(event, name).length;
    this.#lose('magnitude', count('magnitude') + count('stationMagnitude'));
    this.#lose('amplitude', count('amplitude'));
    this.#lose('focal mechanism', count('focalMechanism'));
    this.#lose('origin that is not the preferred one', Math.max(0, count('origin') - 1));
    const arrivals = childrenOf(event, 'origin').flatMap((origin) => childrenOf(origin, 'arrival'));
    const withResults = arrivals.filter((arrival) => textOf(arrival, 'timeResidual') !== undefined);
    this.#lose('residual of an arrival', withResults.length);
    for (const arrival of arrivals) {
      const pickId = textOf(arrival, 'pickID');
      const degrees = Number(textOf(arrival, 'distance') ?? NaN);
      if (pickId && degrees >= 0) this.#distancesKm.set(pickId, degrees * KM_PER_DEGREE);
    }
    const told = count('description') - (commentTexts(event).length === 0 ? 1 : 0);
    this.#lose('description of an event', Math.max(0, told));
  }

  #lose(what: string, count: number): void {
    if (count > 0) this.#lost.set(what, (this.#lost.get(what) ?? 0) + count);
  }
}

/** Of a great circle of a sphere of 6371 km. */
const KM_PER_DEGREE = (6371 * Math.PI) / 180;

function filters(pick: XmlElement): number {
  return childrenOf(pick, 'filterID').length;
}

function misplaced(element: XmlElement, parent: string): string {
  return `line ${element.line}: ${element.name} has no place in ${parent}; it is left out`;
}
