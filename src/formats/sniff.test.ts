import { expect, test } from 'vitest';
import { epochNs } from '../base/time.ts';
import { writeMiniseed2 } from './miniseed/write2.ts';
import { writeMiniseed3 } from './miniseed/write3.ts';
import { sniffFormat } from './sniff.ts';

const text = (content: string) => new TextEncoder().encode(content);
const segment = {
  stream: { network: 'XX', station: 'A', location: '', channel: 'HHZ' },
  startNs: epochNs(0n),
  sampleRateHz: 100,
  samples: Int32Array.of(1, 2, 3),
};

test.each([
  ['miniseed', writeMiniseed2([segment])],
  ['miniseed', writeMiniseed3([segment])],
  ['miniseed', text('000001V 0100042 2.4'.padEnd(512))],
  ['markers', text('# Snuffler Markers File Version 0.2\n')],
  ['quakeml', text('<?xml version="1.0"?>\n<!-- x -->\n<q:quakeml xmlns:q="u">')],
  ['quakeml', text('\uFEFF  <quakeml/>')],
  [undefined, text('<FDSNStationXML>quakeml</FDSNStationXML>')],
  [undefined, text('quakeml')],
  [undefined, new Uint8Array(0)],
])('%s is told by content %#', (format, bytes) => {
  expect(sniffFormat(bytes)).toBe(format);
});
