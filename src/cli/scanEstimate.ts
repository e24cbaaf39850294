import type { Client } from '../contract/rpc.ts';
import {
  estimateEnsemble,
  type EstimatedEnsemble,
  estimateRun,
  type Past,
  type RunEstimate,
  secondsOfData,
} from '../contract/runEstimate.ts';
import { ENSEMBLE_PICK_RULE } from '../domain/event/ensemble.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import type { Part } from './addWaveforms.ts';
import { printJson } from './output.ts';
import type { ChosenModel } from './runOptions.ts';

/** One who would look at the waveforms, and how many times over. */
interface EstimatedMember {
  readonly model: ChosenModel;
  readonly settings: Partial<RunSettings>;
  readonly times: number;
}

/**
 * Prints what a run of one, or of several together, would take and does not run it: windows, seconds, memory, room for the
 * kept curves. What earlier runs of the project took counts for more than what is usual.
 */
export async function printEstimate(
  client: Client,
  part: Part,
  members: readonly EstimatedMember[],
  rule: EstimatedEnsemble['rule'] | undefined,
): Promise<void> {
  const all = (await client.call('source.list', {})).streams;
  const { streamKeys, window } = part;
  const streams = all.filter(({ streamKey }) => streamKeys?.includes(streamKey) ?? true);
  const dataS = secondsOfData(streams, window);
  const runs = await client.call('run.list', {});
  const curveSizes = await client.call('run.curveSizes', {});
  const estimate = estimateOf(members, rule, dataS, { runs, streams: all, curveSizes });
  await printJson({
    dataSeconds: Math.round(dataS),
    windows: estimate?.windows ?? 0,
    seconds: rounded(estimate?.seconds ?? 0),
    measured: estimate?.speed === 'as-run',
    memoryMegabytes: rounded((estimate?.memoryBytes ?? 0) / 1e6),
    curvesMegabytes: rounded((estimate?.diskBytes ?? 0) / 1e6),
    curvesMeasured: estimate?.diskMeasured ?? false,
  });
}

function estimateOf(
  members: readonly EstimatedMember[],
  rule: EstimatedEnsemble['rule'] | undefined,
  dataS: number,
  past: Past,
): RunEstimate | undefined {
  const known = members.flatMap(({ model: { info }, settings, times }) =>
    info.settings === undefined
      ? []
      : { model: info, settings: { ...info.settings, ...settings }, times },
  );
  const [first] = known;
  if (first === undefined) return undefined;
  if (rule === undefined) return estimateRun(first.model, first.settings, dataS, past);
  const pickRule = rule === 'first' ? first.settings.pickRule : ENSEMBLE_PICK_RULE;
  return estimateEnsemble(known, { rule, pickRule }, dataS, past);
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
