// One sensor through several members at once, block by block in step: their curves become one, which is picked; what each
// member says about a pick is kept with it.

import type { SkippedStream } from '../../domain/event/modelRun.ts';
import type { EnsembleRule } from '../../domain/event/ensemble.ts';
import type { PickRule, RunSettings } from '../../domain/event/runSettings.ts';
import { AppError } from '../../base/appError.ts';
import { addSeconds, type EpochNs } from '../../base/time.ts';
import { pickStream, type SensorGroup } from '../../models/grouping.ts';
import { type CombinedBlock, EnsembleStream } from '../../models/ensemble/ensembleStream.ts';
import { MemberKeeper } from '../../models/ensemble/memberKeeper.ts';
import { type SensorPick, SensorPicker } from '../../models/keptCurves/sensorPicker.ts';
import { levelsFor, type Picking } from '../../models/keptCurves/stretchPicker.ts';
import { DEFAULT_FLOOR } from '../../models/pickRules/reach.ts';
import { ruleOnCurve } from '../../models/pickRules/ruleOnCurve.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { DETECTION_LABEL, type LabelRow } from '../../models/spec.ts';
import {
  type ScannedPick,
  type ScanTools,
  type SensorPlan,
  type SensorResult,
  SensorScan,
} from '../scan/scanSensor.ts';
import { Lockstep } from './lockstep.ts';
import { RecentCurves } from './recentCurves.ts';

/** One who looks at this sensor. */
export interface ScanMember {
  /** Its place among all members of the run. */
  readonly index: number;
  readonly name: string;
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  readonly offsetSamples: number;
  /** As its model sees it. */
  readonly sensor: SensorGroup;
}

export interface EnsembleWork {
  readonly rule: EnsembleRule | 'first';
  /** One for each member of the run, as in `Combination`. */
  readonly weights: readonly number[] | undefined;
  readonly reachS: number;
  /** Picks that fewer members see are left out. */
  readonly leastAgreeing: number;
  /** Labels of the common curve. */
  readonly labels: readonly string[];
}

/** Curves of all members of a block are held at once. */
const BLOCK_S = 3600;
/** A member's own picks are not wanted. */
const UNUSED_RULE: PickRule = { kind: 'peaks', minimumDistanceSamples: 100 };

export class EnsembleScan {
  readonly #tools: ScanTools;
  readonly #work: EnsembleWork;
  readonly #members: readonly ScanMember[];
  readonly #plan: SensorPlan;
  readonly #signal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #stream: EnsembleStream;
  readonly #recent: RecentCurves;
  readonly #picker: SensorPicker;
  readonly #keeper: MemberKeeper | undefined;
  /** Found, but what the members say after them is not known yet. */
  #waiting: SensorPick[] = [];
  readonly #picks: ScannedPick[] = [];
  #leftOut = 0;

  /** `settings` say how the common curve is picked. */
  constructor(
    tools: ScanTools,
    work: EnsembleWork,
    members: readonly ScanMember[],
    plan: SensorPlan,
    settings: RunSettings,
    signal: AbortSignal,
  ) {
    this.#tools = tools;
    this.#work = work;
    this.#members = members;
    this.#plan = plan;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
    const { rule: common, weights, labels } = work;
    const own = weights && members.map(({ index }) => weights[index] ?? 0);
    const how = { rule: common, ...(own && { weights: own }) };
    this.#stream = new EnsembleStream(how, members.length, labels);
    this.#recent = new RecentCurves(
      work.reachS,
      members.map(({ index, settings: { thresholds } }) => ({ index, thresholds })),
    );
    const { thresholds, uncertainty = 'width' } = settings;
    const rule = ruleOnCurve(settings.pickRule, settings.strideSamples);
    const picking = { rule, thresholds, uncertainty };
    this.#picker = new SensorPicker(picking, tools.keepHour, turn);
    this.#keeper = memberKeeper(tools, work, members, picking);
  }

  /** Throws what reading or running throws for any member. */
  async run(): Promise<SensorResult> {
    const step = new Lockstep(this.#members.length, (untilNs) =>
      this.#combine(this.#stream.take(untilNs)),
    );
    const runs = this.#members.map((member, k) =>
      this.#scan(member, k, step).catch((error: unknown) => {
        step.fail(error);
        this.#stop.abort();
        throw error;
      }),
    );
    await Promise.allSettled(runs);
    const results = await Promise.all(runs);
    await this.#combine(this.#stream.take());
    this.#add(await this.#picker.end());
    await this.#keeper?.end();
    this.#judge(undefined);
    this.#picks.sort((a, b) => Number(a.content.time - b.content.time));
    return {
      picks: this.#picks,
      detections: [],
      skipped: this.#told(results.map(({ skipped }) => skipped)),
      notes: [...this.#told(results.map(({ notes }) => notes)), ...this.#withoutAgreement()],
    };
  }

  #scan(member: ScanMember, k: number, step: Lockstep): Promise<SensorResult> {
    const { model, settings, offsetSamples, sensor } = member;
    const labels = model.spec.labels
      .map((phase, row): LabelRow => ({ phase, row }))
      .filter(({ phase }) => this.#work.labels.includes(phase));
    const { window, expectedWindows, blockS = BLOCK_S, whole = false } = this.#plan;
    const tools: ScanTools = {
      ...this.#tools,
      keepHour: () => Promise.resolve(),
      takeCurves: (block) => this.#stream.add(k, block),
      keepBlock: ({ progress }) => step.arrive(progress.untilNs),
    };
    const run = {
      ...{ model, labels, offsetSamples },
      settings: { ...settings, pickRule: UNUSED_RULE },
    };
    const plan = { sensor, window, expectedWindows, blockS, whole };
    return new SensorScan(tools, run, plan, this.#signal).run();
  }

  async #combine(blocks: readonly CombinedBlock[]): Promise<void> {
    for (const block of blocks) {
      this.#recent.add(block, this.#waiting[0]?.time);
      this.#add(await this.#picker.take(block));
      await this.#keeper?.take(block);
      this.#judge(this.#recent.knownToNs);
    }
  }

  #add(picks: readonly SensorPick[]): void {
    this.#waiting.push(...picks.filter(({ label }) => label !== DETECTION_LABEL));
  }

  /** Takes or leaves out the picks whose surroundings are known up to a time, or all. */
  #judge(knownToNs: EpochNs | undefined): void {
    const ready = (pick: SensorPick): boolean =>
      knownToNs === undefined || addSeconds(pick.time, this.#work.reachS) <= knownToNs;
    const found = this.#waiting.filter(ready);
    this.#waiting = this.#waiting.filter((pick) => !ready(pick));
    for (const each of found) {
      const pick = this.#pickOf(each);
      const enough = (pick.scatter?.agreeing ?? 0) >= this.#work.leastAgreeing;
      if (enough) this.#picks.push(pick);
      else this.#leftOut += 1;
    }
  }

  #pickOf({ label, time, startNs, endNs, warnings, ...pick }: SensorPick): ScannedPick {
    const stream = pickStream(this.#plan.sensor.channels, label);
    if (stream === undefined) throw new AppError('bug', 'a sensor without channels was scanned');
    const content = {
      ...{ stream, time, phase: label, probability: pick.probability },
      lowerUncertaintyS: pick.lowerUncertaintyS,
      upperUncertaintyS: pick.upperUncertaintyS,
      ...{ polarity: undefined, onset: undefined, weight: undefined, filter: undefined },
    };
    const { fit } = pick;
    const scatter = this.#recent.scatterOf(label, time);
    return { content, startNs, endNs, warnings, scatter, ...(fit && { fit }) };
  }

  /** What several members say alike is said once, what only some say with their names. */
  #told(all: readonly (readonly SkippedStream[])[]): SkippedStream[] {
    const by = new Map<string, { told: SkippedStream; names: string[] }>();
    for (const [k, told] of all.entries()) {
      for (const each of told) {
        const key = `${each.stream} ${each.reason}`;
        const known = by.get(key) ?? { told: each, names: [] };
        known.names.push(this.#members[k]?.name ?? '');
        by.set(key, known);
      }
    }
    return [...by.values()].map(({ told, names }) =>
      names.length === all.length
        ? told
        : { ...told, reason: `${names.join(', ')}: ${told.reason}` },
    );
  }

  #withoutAgreement(): SkippedStream[] {
    if (this.#leftOut === 0) return [];
    const least = this.#work.leastAgreeing;
    const reason = `left out because fewer than ${least} of ${this.#members.length} members see them: ${this.#leftOut} picks`;
    return [{ stream: this.#plan.sensor.sensorKey, reason }];
  }
}

/** Of a run whose picks are those of its first member nothing can be taken together another way. */
function memberKeeper(
  { keepMembers }: ScanTools,
  { rule, leastAgreeing }: EnsembleWork,
  members: readonly ScanMember[],
  picking: Picking,
): MemberKeeper | undefined {
  if (keepMembers === undefined || (rule === 'first' && leastAgreeing < 2)) return undefined;
  const own = members.flatMap(({ settings }) => Object.values(settings.thresholds));
  // Comparing with noise takes whole curves; of the members' those near picks are kept for the other rules.
  const levelled = picking.rule.kind === 'dominance' ? { ...picking, rule: UNUSED_RULE } : picking;
  const levels = levelsFor(levelled, Math.min(DEFAULT_FLOOR, ...own));
  return new MemberKeeper(
    levels,
    members.map(({ index }) => index),
    keepMembers,
  );
}

/** Other work of the backend gets its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
