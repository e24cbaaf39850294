import type { Client } from '../contract/rpc.ts';
import { estimateRun, secondsOfData } from '../contract/runEstimate.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Part } from './addWaveforms.ts';
import { printJson } from './output.ts';
import type { ChosenModel } from './runOptions.ts';

/** One who would look at the waveforms, and how many times over. */
export interface EstimatedMember {
  readonly model: ChosenModel;
  readonly settings: Partial<RunSettings>;
  readonly times: number;
}

/** Prints what a run would take and does not run it: windows, seconds, memory, room for the kept curves. */
export async function printEstimate(
  client: Client,
  part: Part,
  members: readonly EstimatedMember[],
): Promise<void> {
  const all = (await client.call('source.list', {})).streams;
  const { streamKeys, window } = part;
  const streams = all.filter(({ streamKey }) => streamKeys?.includes(streamKey) ?? true);
  const dataS = secondsOfData(streams, window);
  const runs = await client.call('run.list', {});
  const estimates = members.flatMap(({ model: { info }, settings, times }) => {
    if (info.settings === undefined) return [];
    const own = { ...info.settings, ...settings };
    return { times, estimate: estimateRun(info, own, dataS, runs, all) };
  });
  const sum = (of: (each: (typeof estimates)[number]) => number): number =>
    estimates.reduce((total, each) => total + of(each), 0);
  await printJson({
    dataSeconds: Math.round(dataS),
    windows: sum(({ times, estimate }) => times * estimate.windows),
    seconds: rounded(sum(({ times, estimate }) => times * estimate.seconds)),
    measured: estimates.every(({ estimate }) => estimate.asRun !== undefined),
    memoryMegabytes: rounded(Math.max(0, ...estimates.map((e) => e.estimate.memoryBytes)) / 1e6),
    curvesMegabytes: rounded(Math.max(0, ...estimates.map((e) => e.estimate.diskBytes)) / 1e6),
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
