// Curves for points of a sweep that the kept curves of its run cannot answer: the network is run once for each
// combination of what it depends on, over what the run looked at; picks are made of these curves as of any kept ones.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../../base/appError.ts';
import type { SweepSpec } from '../../domain/evaluation/sweep.ts';
import type { Combination } from '../../domain/event/ensemble.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { PickSettings, RepickedRun } from '../../domain/event/repick.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { changedSettings } from '../../domain/parameterSet/setChanges.ts';
import { keptLabels } from '../../models/keptCurves/stretchPicker.ts';
import { DEFAULT_FLOOR } from '../../models/pickRules/reach.ts';
import type { BackendContext } from '../context.ts';
import { CurveStore } from '../curves/curveStore.ts';
import { Repicker } from '../curves/repick.ts';
import { openRun } from '../openRun.ts';
import { SensorScan } from '../scan/scanSensor.ts';
import { stretchTools } from '../scan/scanTools.ts';
import { inferenceKey } from './applySet.ts';

type SweepContext = Pick<
  BackendContext,
  'catalog' | 'cacheFolder' | 'sources' | 'pool' | 'models' | 'inference' | 'grants'
>;

interface Curves {
  readonly run: ModelRun;
  readonly repicker: Repicker;
}

export class SweepCurves {
  readonly #context: BackendContext;
  readonly #run: ModelRun;
  readonly #kept: Repicker;
  readonly #folder: string;
  readonly #keptFrom: number;
  readonly #allowTestModel: boolean;
  /** Stations that could not be run, kept curves that are damaged. */
  readonly warnings = new Set<string>();
  /** By what the network depends on. */
  readonly #made = new Map<string, Curves>();

  /** `kept` picks from the curves of the run itself. */
  constructor(
    context: BackendContext,
    run: ModelRun,
    kept: Repicker,
    asked: { readonly spec: SweepSpec; readonly id: string; readonly allowTestModel: boolean },
  ) {
    this.#context = context;
    this.#run = run;
    this.#kept = kept;
    this.#folder = join(context.cacheFolder, `sweep-${asked.id}`);
    this.#keptFrom = lowestNeeded(run.parameters.settings, asked.spec);
    this.#allowTestModel = asked.allowTestModel;
  }

  /** The picks of a run with these settings, and whether the network was run for them. */
  async picks(
    { settings, ensemble }: { settings: RunSettings; ensemble: Combination | undefined },
    signal: AbortSignal,
    onStation: (words: string) => void,
  ): Promise<{ picked: RepickedRun; fromInference: boolean }> {
    const { thresholds, pickRule } = settings;
    const change: PickSettings = { thresholds, pickRule, ensemble };
    const key = inferenceKey(settings);
    const own =
      key === inferenceKey(this.#run.parameters.settings)
        ? await this.#fromKept(change)
        : undefined;
    if (own) return { picked: own, fromInference: false };
    const known = this.#made.get(key);
    const curves = known ?? (await this.#make(settings, signal, onStation));
    this.#made.set(key, curves);
    const picked = await curves.repicker.repick(curves.run, { settings: change });
    return { picked, fromInference: true };
  }

  /** Undefined where the kept curves do not reach so low, are damaged or gone. */
  async #fromKept(settings: PickSettings): Promise<RepickedRun | undefined> {
    try {
      const picked = await this.#kept.repick(this.#run, { settings });
      if (picked.warnings.length === 0) return picked;
      for (const words of picked.warnings) this.warnings.add(words);
      return undefined;
    } catch (error) {
      const known = error instanceof AppError && ['bad-input', 'not-found'].includes(error.code);
      if (known) return undefined;
      throw error;
    }
  }

  /** Forgets and removes the curves that were made. */
  async close(): Promise<void> {
    for (const { repicker } of this.#made.values()) repicker.clear();
    this.#made.clear();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A disk that says no costs the sets that need these curves, not the sweep. */
  async #make(
    settings: RunSettings,
    signal: AbortSignal,
    onStation: (words: string) => void,
  ): Promise<Curves> {
    try {
      return await this.#infer(settings, signal, onStation);
    } catch (error) {
      await rm(this.#folderOfNext(), { recursive: true, force: true }).catch(() => undefined);
      const trouble = diskTrouble(error);
      if (trouble === undefined) throw error;
      this.warnings.add(
        `No curves for what needs the network: ${trouble} (${this.#folder}). Sets that were scored stand, others go on.`,
      );
      throw new AppError('service', trouble, { cause: error });
    }
  }

  #folderOfNext(): string {
    return join(this.#folder, String(this.#made.size));
  }

  async #infer(
    settings: RunSettings,
    signal: AbortSignal,
    onStation: (words: string) => void,
  ): Promise<Curves> {
    const context: SweepContext = this.#context;
    const { modelId, parameters } = this.#run;
    if (parameters.ensemble) {
      throw new AppError(
        'bad-input',
        'the kept curves of an ensemble are swept over thresholds from their floor on, over its pick rule and over how its members are taken together; for other settings run it with them',
      );
    }
    const opened = await openRun(this.#context, {
      ...{ modelId, streamKeys: parameters.streams, window: parameters.window },
      settings: { ...settings, filter: settings.filter ?? NO_FILTER },
      allowTestModel: this.#allowTestModel,
    });
    const { model, plan } = opened;
    const folder = this.#folderOfNext();
    // A sweep of before that was cut short may have left curves of other stations.
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const store = new CurveStore(folder);
    const run = { ...this.#run, parameters: { ...parameters, settings: opened.settings } };
    const labels = keptLabels(model.spec.labels, opened.settings.pickRule);
    const sensorRun = { model, settings: opened.settings, labels, keptFrom: this.#keptFrom };
    context.inference.prepare(model);
    for (const [k, sensorPlan] of plan.sensors.entries()) {
      const { sensorKey } = sensorPlan.sensor;
      signal.throwIfAborted();
      onStation(`${sensorKey}, ${k} of ${plan.sensors.length} stations through the network`);
      const writer = await store.begin(run, sensorKey);
      const tools = {
        ...stretchTools(context),
        ...{ inference: context.inference, onWindows: () => undefined },
        keepHour: writer.seal.bind(writer),
      };
      try {
        await new SensorScan(tools, sensorRun, sensorPlan, signal).run();
        await writer.finish();
      } catch (error) {
        await writer.abandon();
        if (signal.aborted || !(error instanceof AppError) || error.code === 'bug') throw error;
        this.warnings.add(`${sensorKey} was not picked: ${messageOf(error)}`);
      }
    }
    return { run: { ...run, state: 'done' }, repicker: new Repicker(store) };
  }
}

const NO_FILTER = { lowHz: undefined, highHz: undefined, corners: 4, zeroPhase: false };

/** Undefined for what is not the disk's. */
function diskTrouble(error: unknown): string | undefined {
  if (error instanceof AppError || !(error instanceof Error)) return undefined;
  if (!('syscall' in error && 'code' in error)) return undefined;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? 'the disk is full; make room and sweep these again'
    : `the system says ${String(error.code)}; see that the folder may be written and sweep these again`;
}

/** From where on curves are kept so that every threshold and off level of the sweep is exact. */
function lowestNeeded(settings: RunSettings, { parameters }: SweepSpec): number {
  const points = Object.entries(parameters).flatMap(([name, values]) =>
    values.map((value) => changedSettings(settings, { point: { [name]: value } })),
  );
  const lowest = [settings, ...points].flatMap(({ thresholds, pickRule }) => {
    const low = Math.min(...Object.values(thresholds));
    if (!('off' in pickRule)) return [low];
    return 'level' in pickRule.off
      ? [low, 2 * pickRule.off.level]
      : [low * Math.min(1, 2 * pickRule.off.ratio)];
  });
  // Ratio and threshold may both be at their lowest in one point.
  const ratios = points.flatMap(({ pickRule }) =>
    'off' in pickRule && 'ratio' in pickRule.off ? [Math.min(1, 2 * pickRule.off.ratio)] : [],
  );
  return Math.min(DEFAULT_FLOOR, ...lowest.map((each) => each * Math.min(1, ...ratios)));
}
