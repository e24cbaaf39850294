import { expect, test } from 'vitest';
import { epochNs } from '../../../src/base/time.ts';
import type { TimeWindow } from '../../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../../src/domain/waveform/traceWindow.ts';
import { mergeWindows, stationLanes } from './availability.ts';

const window = (start: bigint, end: bigint): TimeWindow => ({ startNs: epochNs(start), endNs: epochNs(end) }); // prettier-ignore
const stream = (streamKey: string, span: TimeWindow, gaps: TimeWindow[] = []): StreamInfo => ({
  streamKey,
  ...span,
  gaps,
  sampleRateHz: 100,
  sampleCount: 1,
});

test('windows that touch or overlap become one', () => {
  expect(mergeWindows([window(5n, 8n), window(0n, 2n), window(2n, 3n), window(6n, 7n)])).toEqual([
    window(0n, 3n),
    window(5n, 8n),
  ]);
});

test('a station has data when any of its channels has', () => {
  const lanes = stationLanes([
    stream('XX.B..HHZ', window(0n, 10n), [window(4n, 6n)]),
    stream('XX.B..HHN', window(5n, 12n)),
    stream('XX.A..HHZ', window(0n, 10n), [window(4n, 6n)]),
  ]);
  expect(lanes).toEqual([
    { label: 'XX.A', spans: [window(0n, 4n), window(6n, 10n)] },
    { label: 'XX.B', spans: [window(0n, 4n), window(5n, 12n)] },
  ]);
});
