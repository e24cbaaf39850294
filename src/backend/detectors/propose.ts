// An onset proposed near a place an analyst points at: read, looked through and measured, never stored.

import { AppError } from '../../base/appError.ts';
import { addSeconds, type EpochNs } from '../../base/time.ts';
import type { Args, Reply } from '../../contract/api.ts';
import { DEFAULT_DETECTOR } from '../../domain/event/detectorSettings.ts';
import { PROPOSAL_METHODS, PROPOSAL_NAMES } from '../../domain/event/onsetProposal.ts';
import { type BandFilter, describeFilter } from '../../domain/waveform/bandFilter.ts';
import { NOISE_S, SIGNAL_S } from '../../domain/waveform/signalToNoise.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { settleBefore } from '../../signal/detector/findOnsets.ts';
import type { BackendContext } from '../context.ts';

/** Narrower windows hold no noise to tell an onset from; wider ones hold other earthquakes. */
const LEAST_REACH_S = 0.5;
const MOST_REACH_S = 60;

export async function proposeNear(
  context: BackendContext,
  { streamKey, near, reachS, method, filter }: Args<'detector.propose'>,
  signal: AbortSignal,
): Promise<Reply<'detector.propose'>> {
  if (!PROPOSAL_METHODS.includes(method)) {
    throw new AppError('bad-input', `"${method}" is no way to seek an onset`);
  }
  if (!(reachS >= LEAST_REACH_S && reachS <= MOST_REACH_S)) {
    const text = `an onset is sought within ${LEAST_REACH_S} to ${MOST_REACH_S} s, not ${reachS} s`;
    throw new AppError('bad-input', text);
  }
  const name = PROPOSAL_NAMES[method];
  const within = `within ${Number(reachS.toPrecision(3))} s`;
  const record = await recordAround(context, { streamKey, near, reachS, filter }, signal);
  if (record === undefined) {
    return { proposal: undefined, reason: `${streamKey} has no samples there` };
  }
  const { sampleRateHz, startNs, samples, from, to } = record;
  const window = { trace: samples.slice(), sampleRateHz, band: filter, from, to };
  const found = await context.pool.run('proposeOnset', { method, window }, { signal });
  if (found === undefined) {
    return {
      proposal: undefined,
      reason: `${name} finds no onset ${within}; zoom to seek elsewhere`,
    };
  }
  const causal = filter && { ...filter, zeroPhase: false };
  return {
    proposal: {
      time: sampleTime(startNs, found.sample, sampleRateHz),
      ...{ lowerUncertaintyS: found.lowerS, upperUncertaintyS: found.upperS, snr: found.snr },
      method: `${name} ${describeFilter(causal)}, ${within}`,
    },
    reason: undefined,
  };
}

/** The gap-free record that holds the place, and the samples of it in which the onset is sought. */
async function recordAround(
  { sources }: BackendContext,
  { streamKey, near, reachS, filter }: { streamKey: string; near: EpochNs; reachS: number; filter: BandFilter | undefined }, // prettier-ignore
  signal: AbortSignal,
): Promise<(TraceSegment & { readonly from: number; readonly to: number }) | undefined> {
  const rate = sources.stream(streamKey)?.sampleRateHz ?? 0;
  if (!(rate > 0)) return undefined;
  const settleS = settleBefore({ ...DEFAULT_DETECTOR, band: filter }, rate) / rate;
  const span = {
    startNs: addSeconds(near, -(reachS + Math.max(settleS, NOISE_S) + 1)),
    endNs: addSeconds(near, reachS + SIGNAL_S + 1),
  };
  const segments = await sources.readSegments([streamKey], span, signal);
  for (const segment of [...segments.values()].flat()) {
    const { startNs, samples, sampleRateHz } = segment;
    const at = (offsetS: number): number =>
      Math.round((Number(near - startNs) / 1e9 + offsetS) * sampleRateHz);
    if (at(0) < 0 || at(0) >= samples.length) continue;
    return { ...segment, from: Math.max(0, at(-reachS)), to: Math.min(samples.length, at(reachS)) };
  }
  return undefined;
}
