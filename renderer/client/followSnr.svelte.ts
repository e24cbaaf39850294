// Keeps the signal-to-noise ratio of the current pick, as its trace stands on the screen.

import { getAbortSignal, untrack } from 'svelte';
import { AppError } from '../../src/base/appError.ts';
import { epochNs, secondsToNs } from '../../src/base/time.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import { formatNslc } from '../../src/domain/waveform/nslc.ts';
import { NOISE_S, SIGNAL_S, signalToNoise } from '../../src/domain/waveform/signalToNoise.ts';
import type { BandFilter } from '../../src/domain/waveform/bandFilter.ts';
import type { App } from '../state/app.svelte.ts';

/** What is reviewed faster than this is not asked about: the traces come first. */
const QUIET_MS = 30;

interface Look {
  readonly filter: BandFilter | undefined;
  readonly demean: boolean;
  readonly sampleRateHz: number;
}

/** The samples around the pick are asked for by themselves: the zoom may show bins, or another time. */
async function load(app: App, pick: Pick, look: Look, signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  if (signal.aborted) return;
  const { filter, demean, sampleRateHz } = look;
  const window = {
    startNs: epochNs(pick.time - secondsToNs(NOISE_S + 0.1)),
    endNs: epochNs(pick.time + secondsToNs(SIGNAL_S + 0.1)),
  };
  // Four columns a sample, so that samples are answered and no bins.
  const widthPx = Math.ceil((NOISE_S + SIGNAL_S + 1) * sampleRateHz * 4);
  const streamKeys = [formatNslc(pick.stream)];
  const args = { streamKeys, window, widthPx, filter, demean };
  const [trace] = await app.client.call('waveform.window', args, { signal });
  if (signal.aborted) return;
  const ratio = trace && signalToNoise(trace.parts, pick.time, trace.sampleRateHz);
  app.snr = { pickId: pick.id, ratio, filter };
}

export function followSnr(app: App): void {
  const subject = $derived.by(() => {
    const pick = app.queue.current;
    if (!pick || app.connection.kind !== 'connected') return undefined;
    const streamKey = formatNslc(pick.stream);
    const stream = app.rows.streams.find((known) => known.streamKey === streamKey);
    return stream && { pick, sampleRateHz: stream.sampleRateHz };
  });
  // Compared by value: a decision on the pick makes it another object, at the same time of the same stream.
  const key = $derived(
    subject && `${subject.pick.id} ${subject.pick.time} ${formatNslc(subject.pick.stream)}`,
  );
  $effect(() => {
    const [{ inForce: filter, demean }, at] = [app.filter, key];
    // What has been read in since may make a number possible.
    void app.rows.streams;
    const now = untrack(() => subject);
    if (at === undefined || !now) {
      app.snr = undefined;
      return;
    }
    const signal = getAbortSignal();
    const look = { filter, demean, sampleRateHz: now.sampleRateHz };
    app.idle.during(load(app, now.pick, look, signal)).catch((error: unknown) => {
      const isCancelled =
        signal.aborted || (error instanceof AppError && error.code === 'cancelled');
      if (isCancelled) return;
      // The zoom reports what cannot be read; here it only means that there is no number.
      app.snr = { pickId: now.pick.id, ratio: undefined, filter };
    });
  });
}
