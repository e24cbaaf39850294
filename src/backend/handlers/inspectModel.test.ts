import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addSeconds } from '../../base/time.ts';
import { formatNslc, parseNslc } from '../../domain/waveform/nslc.ts';
import { writeMiniseed2 } from '../../formats/miniseed/write2.ts';
import { CHANNELS, RATE_HZ, START, temporaryBackends } from '../../../test/backendPage.ts';

const { data, start } = temporaryBackends();

/** Ninety seconds whose vertical is cut off at ±2000 from the 40th second on. */
function clipped(channel: string): Int32Array {
  return Int32Array.from({ length: 90 * RATE_HZ }, (_, i) => {
    const t = i / RATE_HZ - 40;
    const wave = t > 0 ? 9000 * Math.exp(-t / 5) * Math.sin(2 * Math.PI * 2 * t) : 0;
    const value = Math.round(wave + 40 * Math.sin(i * 1.7) + 25 * Math.sin(i * 0.31));
    return channel === 'HHZ' ? Math.max(-2000, Math.min(2000, value)) : value;
  });
}

describe('why a run has no pick', () => {
  test('says that the record is clipped, and not where it is whole', async () => {
    for (const channel of CHANNELS) {
      const stream = parseNslc(`XX.CLI..${channel}`);
      const bytes = writeMiniseed2([{ stream, startNs: START, sampleRateHz: RATE_HZ, samples: clipped(channel) }]); // prettier-ignore
      writeFileSync(join(data, `${channel}.clipped.mseed`), bytes);
    }
    const page = await start();
    await page.addFiles(...CHANNELS.map((channel) => `data:0/${channel}.clipped.mseed`));
    const { jobId, runId } = await page.call('model.run', {
      modelId: 'onset-1',
      streamKeys: undefined,
      window: undefined,
      settings: undefined,
    });
    expect((await page.ended(jobId)).state).toBe('done');
    const sensorKey = formatNslc(parseNslc('XX.CLI..HHZ')).slice(0, -1);
    const whyAt = async (s: number) =>
      (await page.call('run.explain', { runId, sensorKey, time: addSeconds(START, s), phase: 'S' }))
        .reasons;
    const reasons = await whyAt(41.5);
    expect(reasons.find(({ kind }) => kind === 'clipped')?.text).toContain('HHZ is clipped here');
    expect((await whyAt(20)).map(({ kind }) => kind)).not.toContain('clipped');
    expect((await whyAt(20))[0]?.kind).toBe('below-threshold');
  }, 60_000);
});
