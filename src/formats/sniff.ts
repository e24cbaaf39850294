import { isMiniseed } from './miniseed/detect.ts';

export type FormatName = 'miniseed' | 'quakeml' | 'markers';

interface Recogniser {
  readonly format: FormatName;
  recognises(head: Uint8Array): boolean;
}

const MARKERS_LINE = '# Snuffler Markers File Version';

/** Told apart by content only: names of waveform files promise nothing. */
const recognisers: readonly Recogniser[] = [
  { format: 'miniseed', recognises: isMiniseed },
  { format: 'markers', recognises: (head) => textOf(head).startsWith(MARKERS_LINE) },
  { format: 'quakeml', recognises: (head) => rootElement(textOf(head)) === 'quakeml' },
];

/** How many first bytes of a file `sniffFormat` wants to see. */
export const SNIFF_BYTES = 65_536;

/** The format of a file by its first bytes, or undefined when nobody claims it. */
export function sniffFormat(head: Uint8Array): FormatName | undefined {
  return recognisers.find((recogniser) => recogniser.recognises(head))?.format;
}

function textOf(head: Uint8Array): string {
  const first = head.subarray(0, 4096);
  const label =
    first[0] === 0xff && first[1] === 0xfe
      ? 'utf-16le'
      : first[0] === 0xfe && first[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  return new TextDecoder(label).decode(first).replace(/^\uFEFF/, '');
}

/** Local name of an XML document's root, prolog and comments skipped. */
function rootElement(text: string): string | undefined {
  const body = text
    .replace(/^\s+/, '')
    .replace(/^(?:<\?[^]*?\?>\s*|<!--[^]*?-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?[^>]*>\s*)*/i, '');
  return /^<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(body)?.[1];
}
