// Resource identifiers of QuakeML: what is valid, and how Onset writes free words as such an identifier.

import type { BandFilter } from '../../domain/waveform/bandFilter.ts';

const RESOURCE_ID =
  /^(smi|quakeml):[\p{L}\p{N}\p{S}\p{M}][\p{L}\p{N}\p{S}\p{M}\-.*()_~']{2,}\/[\p{L}\p{N}\p{S}\p{M}\-.*()_~'][\p{L}\p{N}\p{S}\p{M}\-.*()+?_~'=,;#/&]*$/u;

const METHOD = 'smi:local/onset/method/';
const FILTER = 'smi:local/onset/filter/';

/** Whether the text may stand where QuakeML 1.2 wants a resource identifier. */
export function isResourceId(text: string): boolean {
  return RESOURCE_ID.test(text);
}

/** A method as methodID: an identifier as it is, words with `~XX` for the bytes an identifier cannot hold. */
export function methodToId(method: string): string | undefined {
  if (method === '') return undefined;
  if (isResourceId(method) && !method.startsWith(METHOD)) return method;
  return METHOD + escapeWords(method);
}

export function idToMethod(id: string): string {
  return id.startsWith(METHOD) ? unescapeWords(id.slice(METHOD.length)) : id;
}

/** `smi:local/onset/filter/low=1,high=20,corners=4,phase=causal`; a missing corner is left out. */
export function filterToId(filter: BandFilter): string {
  const parts = [
    filter.lowHz === undefined ? '' : `low=${filter.lowHz},`,
    filter.highHz === undefined ? '' : `high=${filter.highHz},`,
    `corners=${filter.corners},phase=${filter.zeroPhase ? 'zero' : 'causal'}`,
  ];
  return FILTER + parts.join('');
}

/** The filter an identifier of ours names; undefined for everybody else's. */
export function idToFilter(id: string): BandFilter | undefined {
  if (!id.startsWith(FILTER)) return undefined;
  const fields = new Map(
    id
      .slice(FILTER.length)
      .split(',')
      .map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name, value];
      }),
  );
  const number = (name: string): number | undefined => {
    const value = Number(fields.get(name) ?? NaN);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const corners = number('corners');
  if (corners === undefined) return undefined;
  const zeroPhase = fields.get('phase') === 'zero';
  return { lowHz: number('low'), highHz: number('high'), corners, zeroPhase };
}

function escapeWords(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/gu, (letter) =>
    [...new TextEncoder().encode(letter)]
      .map((byte) => `~${byte.toString(16).padStart(2, '0')}`)
      .join(''),
  );
}

function unescapeWords(text: string): string {
  return text.replace(/(?:~[0-9a-f]{2})+/g, (run) => {
    const bytes = run
      .split('~')
      .slice(1)
      .map((byte) => parseInt(byte, 16));
    return new TextDecoder().decode(new Uint8Array(bytes));
  });
}
