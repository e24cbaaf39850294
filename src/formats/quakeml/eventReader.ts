import type { DocumentEvent } from '../../domain/event/catalogDocument.ts';
import type { Origin } from '../../domain/event/seismicEvent.ts';
import type { WarningList } from '../warningList.ts';
import type { XmlElement } from '../xml/xmlRecords.ts';
import { splitComments } from './comments.ts';
import { idToMethod } from './identifiers.ts';
import { authorFrom, commentTexts } from './pickReader.ts';
import { quakemlEnumerations } from './schema.ts';
import {
  child,
  childrenOf,
  numberOf,
  quantityOf,
  textOf,
  timeOf,
  uncertaintiesOf,
} from './values.ts';

/** The event of an event element, its picks not looked at. */
export function eventFrom(element: XmlElement, warnings: WarningList): DocumentEvent {
  const { facts, remarks } = splitComments(commentTexts(element));
  const creation = child(element, 'creationInfo');
  const origin = preferredOrigin(element);
  const description = child(element, 'description');
  const comment = remarks.length > 0 ? remarks.join('\n').trim() : textOf(description, 'text');
  return {
    publicId: element.attributes.get('publicID'),
    origin: origin && originFrom(origin, warnings),
    type: typeFrom(textOf(element, 'type')) ?? facts.get('type'),
    comment,
    author: facts.get('author') ?? authorFrom(creation),
    createdNs: timeOf(creation, 'creationTime'),
  };
}

/** A type that QuakeML 1.2 lists; versions before it wrote `null` for what is now `not reported`. */
function typeFrom(word: string | undefined): string | undefined {
  const current = word === 'null' ? 'not reported' : word;
  return current && quakemlEnumerations.get('EventType')?.has(current) ? current : undefined;
}

/** The one the event prefers, else its first. */
function preferredOrigin(event: XmlElement): XmlElement | undefined {
  const origins = childrenOf(event, 'origin');
  const preferred = textOf(event, 'preferredOriginID');
  return origins.find((origin) => origin.attributes.get('publicID') === preferred) ?? origins[0];
}

function originFrom(element: XmlElement, warnings: WarningList): Origin | undefined {
  const time = child(element, 'time');
  const value = timeOf(time, 'value');
  const latitudeDeg = quantityOf(element, 'latitude');
  const longitudeDeg = quantityOf(element, 'longitude');
  const where = `line ${element.line}: origin`;
  if (value === undefined || latitudeDeg === undefined || longitudeDeg === undefined) {
    warnings.add(
      'origins without a place or time',
      `${where} has no usable time, latitude or longitude; its event counts as not located`,
    );
    return undefined;
  }
  if (Math.abs(latitudeDeg) > 90 || Math.abs(longitudeDeg) > 360) {
    warnings.add(
      'origins off the globe',
      `${where} lies at ${latitudeDeg}°, ${longitudeDeg}°, which is off the globe; its event counts as not located`,
    );
    return undefined;
  }
  const uncertainty = uncertaintiesOf(time);
  return {
    time: value,
    latitudeDeg,
    longitudeDeg,
    depthM: depthFrom(child(element, 'depth'), where, warnings),
    timeUncertaintyS: larger(uncertainty.lower, uncertainty.upper),
    method: idToMethod(textOf(element, 'methodID') ?? ''),
  };
}

/** QuakeML depths are metres; a small one with decimals and a small uncertainty looks like kilometres. */
function depthFrom(
  depth: XmlElement | undefined,
  where: string,
  warnings: WarningList,
): number | undefined {
  const value = numberOf(depth, 'value');
  if (value === undefined) return undefined;
  const uncertainty = numberOf(depth, 'uncertainty');
  const small = Math.abs(value) < 100 && !Number.isInteger(value);
  if (small && uncertainty !== undefined && Math.abs(uncertainty) < 10) {
    warnings.add(
      'depths that look like kilometres',
      `${where} has a depth of ${value} m; QuakeML depths are metres, and this looks like kilometres. It is taken as metres`,
    );
  }
  return value;
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}
