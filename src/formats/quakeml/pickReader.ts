import {
  type Onset,
  ONSETS,
  type Pick,
  type PickContent,
  type Polarity,
  type WeightClass,
} from '../../domain/event/pick.ts';
import type { DocumentPick } from '../../domain/event/catalogDocument.ts';
import { isSetHash } from '../../domain/parameterSet/setHash.ts';
import { type Nslc, parseNslc, plainLocation } from '../../domain/waveform/nslc.ts';
import type { XmlElement } from '../xml/xmlRecords.ts';
import { splitComments } from './comments.ts';
import { joinFit } from '../../domain/event/pickFit.ts';
import { idToFilter, idToMethod } from './identifiers.ts';
import { stateOf } from './pickStates.ts';
import { child, childrenOf, textOf, timeOf, uncertaintiesOf } from './values.ts';

const POLARITIES: ReadonlyMap<string, Polarity> = new Map([
  ['positive', 'up'],
  ['negative', 'down'],
  ['undecidable', 'undecidable'],
]);

/** The texts of an element's comments. */
export function commentTexts(element: XmlElement): string[] {
  return childrenOf(element, 'comment').map((comment) => child(comment, 'text')?.text ?? '');
}

export interface ReadPick {
  readonly pick: DocumentPick;
  /** Remarks of people, for which a pick of ours has no place. */
  readonly remarkCount: number;
}

/** The pick of a pick element, or in words why there is none. Its event is set by the caller. */
export function pickFrom(element: XmlElement): ReadPick | string {
  const time = child(element, 'time');
  const value = timeOf(time, 'value');
  if (value === undefined) return 'has no readable time';
  const { facts, remarks } = splitComments(commentTexts(element));
  const stream = streamFrom(child(element, 'waveformID'), facts.get('stream'));
  if (!stream) return 'does not say on which stream it was made';
  const uncertainty = uncertaintiesOf(time);
  const content: PickContent = {
    stream,
    time: value,
    lowerUncertaintyS: uncertainty.lower,
    upperUncertaintyS: uncertainty.upper,
    phase: textOf(element, 'phaseHint') ?? '',
    polarity: POLARITIES.get(textOf(element, 'polarity') ?? ''),
    onset: onsetFrom(textOf(element, 'onset')),
    weight: weightFrom(facts.get('weightClass')),
    probability: probabilityFrom(facts.get('probability')),
    filter: idToFilter(textOf(element, 'filterID') ?? ''),
  };
  const pick = { ...content, ...historyFrom(element, facts), eventIndex: undefined };
  return { pick, remarkCount: remarks.length };
}

type History = Omit<DocumentPick, keyof PickContent | 'eventIndex'>;

function historyFrom(element: XmlElement, facts: ReadonlyMap<string, string>): History {
  const creation = child(element, 'creationInfo');
  const mode = textOf(element, 'evaluationMode');
  const status = textOf(element, 'evaluationStatus');
  const made = facts.get('mode') ?? mode;
  const run = /^(\d{1,15})(?: |$)/.exec(facts.get('run') ?? '')?.[1];
  return {
    state: stateOf(mode, status, facts.get('state')),
    author: facts.get('author') ?? authorFrom(creation),
    method: joinFit(idToMethod(textOf(element, 'methodID') ?? ''), facts.get('fit')),
    runId: run === undefined ? undefined : Number(run),
    createdNs: timeOf(creation, 'creationTime'),
    publicId: element.attributes.get('publicID'),
    threshold: probabilityFrom(facts.get('threshold')),
    uncertaintyMethod: facts.get('uncertaintyMethod'),
    ...setFrom(facts.get('set')),
    ...(made === 'automatic' || made === 'manual' ? { evaluationMode: made } : {}),
  };
}

function setFrom(hash: string | undefined): { setHash?: string } {
  return hash !== undefined && isSetHash(hash) ? { setHash: hash } : {};
}

/** The author, or the agency when nobody is named. */
export function authorFrom(creation: XmlElement | undefined): string {
  return textOf(creation, 'author') ?? textOf(creation, 'agencyID') ?? '';
}

function streamFrom(element: XmlElement | undefined, whole: string | undefined): Nslc | undefined {
  if (whole !== undefined && whole.split('.').length === 4) return parseNslc(whole);
  if (!element) return undefined;
  const code = (name: string) => (element.attributes.get(name) ?? '').trim();
  const station = code('stationCode');
  if (station === '') return undefined;
  return {
    network: code('networkCode'),
    station,
    location: plainLocation(code('locationCode')),
    channel: code('channelCode'),
  };
}

function onsetFrom(word: string | undefined): Onset | undefined {
  return ONSETS.find((onset) => onset === word);
}

function weightFrom(text: string | undefined): WeightClass | undefined {
  const weights: readonly WeightClass[] = [0, 1, 2, 3, 4];
  return weights.find((weight) => String(weight) === text);
}

function probabilityFrom(text: string | undefined): Pick['probability'] {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return value >= 0 && value <= 1 ? value : undefined;
}
