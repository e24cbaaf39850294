import type { Pick, Polarity } from '../../domain/event/pick.ts';
import { parsePickFit, SIGMA_CONFIDENCE, splitFit } from '../../domain/event/pickFit.ts';
import { formatNslc, type Nslc } from '../../domain/waveform/nslc.ts';
import { onsetComment } from './comments.ts';
import { filterToId, methodToId } from './identifiers.ts';
import {
  attribute,
  commentLine,
  creationLine,
  element,
  MAX_AUTHOR_LENGTH,
  timeLine,
} from './lines.ts';
import { evaluationOf } from './pickStates.ts';

const MAX_CODE_LENGTH = 8;

const POLARITY_WORDS: Readonly<Record<Polarity, string>> = {
  up: 'positive',
  down: 'negative',
  undecidable: 'undecidable',
};

/** One pick element. `models` names the models of the runs for people. */
export function pickLines(
  pick: Pick,
  publicId: string,
  models: ReadonlyMap<number, string>,
): string[] {
  const evaluation = evaluationOf(pick);
  const methodId = methodToId(splitFit(pick.method).method);
  const optional = (name: string, value: string | undefined) =>
    value ? [`    ${element(name, value)}`] : [];
  return [
    `   <pick publicID="${publicId}">`,
    timeLine('    ', pick.time, pick.lowerUncertaintyS, pick.upperUncertaintyS, confidenceOf(pick)),
    `    ${waveformId(pick.stream)}`,
    ...optional('filterID', pick.filter && filterToId(pick.filter)),
    ...optional('methodID', methodId),
    ...optional('phaseHint', pick.phase),
    ...optional('onset', pick.onset),
    ...optional('polarity', pick.polarity && POLARITY_WORDS[pick.polarity]),
    `    ${element('evaluationMode', evaluation.mode)}`,
    `    ${element('evaluationStatus', evaluation.status)}`,
    ...pickFacts(pick, models).flatMap((fact) => commentLine('    ', fact)),
    ...creationLine('    ', pick.author, pick.createdNs),
    '   </pick>',
  ];
}

/** Of a sigma; widths of a curve have no confidence of their own. */
function confidenceOf(pick: Pick): number | undefined {
  const fit = parsePickFit(pick.uncertaintyMethod ?? pick.method);
  return fit === undefined ? undefined : SIGMA_CONFIDENCE;
}

function pickFacts(pick: Pick, models: ReadonlyMap<number, string>): string[] {
  const facts: string[] = [];
  if (pick.probability !== undefined) facts.push(onsetComment('probability', pick.probability));
  if (pick.threshold !== undefined) facts.push(onsetComment('threshold', pick.threshold));
  if (pick.weight !== undefined) facts.push(onsetComment('weightClass', pick.weight));
  if (pick.state === 'deferred') facts.push(onsetComment('state', pick.state));
  if (pick.evaluationMode && pick.evaluationMode !== evaluationOf(pick).mode) {
    facts.push(onsetComment('mode', pick.evaluationMode));
  }
  const { fit } = splitFit(pick.method);
  if (fit !== undefined) facts.push(onsetComment('fit', fit));
  if (pick.uncertaintyMethod) {
    facts.push(onsetComment('uncertaintyMethod', pick.uncertaintyMethod));
  }
  if (pick.runId !== undefined) {
    facts.push(onsetComment('run', `${pick.runId} ${models.get(pick.runId) ?? ''}`.trim()));
  }
  if (pick.setHash !== undefined) facts.push(onsetComment('set', pick.setHash));
  if (hasLongCode(pick.stream)) facts.push(onsetComment('stream', formatNslc(pick.stream)));
  if (pick.author.length > MAX_AUTHOR_LENGTH) facts.push(onsetComment('author', pick.author));
  return facts;
}

/** Whether a code does not fit into QuakeML's eight letters. */
export function hasLongCode(stream: Nslc): boolean {
  const { network, station, location, channel } = stream;
  return [network, station, location, channel].some((code) => code.length > MAX_CODE_LENGTH);
}

function waveformId(stream: Nslc): string {
  const code = (name: string, value: string) => attribute(name, value.slice(0, MAX_CODE_LENGTH));
  return `<waveformID${code('networkCode', stream.network)}${code('stationCode', stream.station)}${code('locationCode', stream.location)}${code('channelCode', stream.channel)}/>`;
}
