import { type EpochNs, formatIso } from '../../base/time.ts';
import { escapeAttribute, escapeText } from '../xml/escapeXml.ts';

export function element(name: string, value: string | number): string {
  return `<${name}>${typeof value === 'number' ? value : escapeText(value)}</${name}>`;
}

export function attribute(name: string, value: string): string {
  return ` ${name}="${escapeAttribute(value)}"`;
}

/** Microseconds, as most readers expect, and nanoseconds where there are any. */
export function isoTime(time: EpochNs): string {
  return formatIso(time, time % 1000n === 0n ? 6 : 9);
}

export function timeLine(
  indent: string,
  time: EpochNs,
  lowerS: number | undefined,
  upperS: number | undefined,
  confidencePercent?: number,
): string {
  const value = element('value', isoTime(time));
  const between = uncertainties(lowerS, upperS);
  const confidence =
    confidencePercent === undefined || between === ''
      ? ''
      : element('confidenceLevel', confidencePercent);
  return `${indent}<time>${value}${between}${confidence}</time>`;
}

export function realLine(indent: string, name: string, value: number): string {
  return `${indent}<${name}>${element('value', value)}</${name}>`;
}

/** One number where both sides agree; what is not a finite number is left out. */
function uncertainties(lowerS: number | undefined, upperS: number | undefined): string {
  const lower = Number.isFinite(lowerS) ? lowerS : undefined;
  const upper = Number.isFinite(upperS) ? upperS : undefined;
  if (lower !== undefined && lower === upper) return element('uncertainty', lower);
  return [
    lower === undefined ? '' : element('lowerUncertainty', lower),
    upper === undefined ? '' : element('upperUncertainty', upper),
  ].join('');
}

export function commentLine(indent: string, text: string): string[] {
  return [`${indent}<comment>${element('text', text)}</comment>`];
}

/** QuakeML takes 128 letters of an author; a longer name is cut here and kept whole in a comment. */
export const MAX_AUTHOR_LENGTH = 128;

export function creationLine(indent: string, author: string, createdNs: EpochNs): string[] {
  const name = author === '' ? '' : element('author', author.slice(0, MAX_AUTHOR_LENGTH));
  const time = element('creationTime', isoTime(createdNs));
  return [`${indent}<creationInfo>${name}${time}</creationInfo>`];
}
