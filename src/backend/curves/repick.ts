// A run picked again from its kept curves, without the network.

import { AppError } from '../../base/appError.ts';
import type { EpochNs } from '../../base/time.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import {
  PEAK_BIN,
  type PeakHistogram,
  type PickSettings,
  type RepickedRun,
} from '../../domain/event/repick.ts';
import type { PickRule } from '../../domain/event/runSettings.ts';
import { thresholdsAt } from '../../domain/parameterSet/setChanges.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import { nearestSample, sampleTime } from '../../domain/waveform/traceSegment.ts';
import type { MemberRule } from '../../models/ensemble/combineMembers.ts';
import { joinParts, type KeptPart } from '../../models/keptCurves/keptPart.ts';
import { thresholdLabels, type Thresholds } from '../../models/pickRules/pickCurves.ts';
import { PickTable } from '../../models/pickRules/pickTable.ts';
import { ruleOnCurve } from '../../models/pickRules/ruleOnCurve.ts';
import { type KeepLevels, lowestExactThreshold } from '../../models/pickRules/reach.ts';
import { DETECTION_LABEL } from '../../models/spec.ts';
import { type CurveStore, damageWords } from './curveStore.ts';
import {
  agreementIn,
  type AskedMembers,
  askedMembers,
  commonParts,
  memberCurves,
  type MemberCurves,
  membersMissing,
} from './memberCurves.ts';
import { PickColumns } from './pickColumns.ts';

export interface RepickRequest {
  readonly settings: PickSettings;
  /** All time when undefined. */
  readonly window?: TimeWindow | undefined;
  /** All that have curves when undefined. */
  readonly sensorKeys?: readonly string[] | undefined;
  readonly histograms?: boolean | undefined;
}

interface StretchTable {
  readonly startNs: EpochNs;
  readonly sampleRateHz: number;
  readonly length: number;
  readonly table: PickTable;
}

interface Asked {
  readonly rule: PickRule;
  readonly thresholds: Thresholds;
  readonly labels: readonly string[];
  readonly window: TimeWindow | undefined;
  /** Whether enough members see a pick; undefined where nobody is asked. */
  readonly agrees:
    ((stretch: StretchTable) => (sample: number, label: string) => boolean) | undefined;
}

interface SensorTable {
  readonly parts: number;
  /** Whether there will be no more. */
  readonly final: boolean;
  readonly stretches: readonly StretchTable[];
  /** By label: the least that is kept of any hour. */
  readonly levels: ReadonlyMap<string, KeepLevels>;
  readonly warnings: readonly string[];
  readonly bytes: number;
  /** Of members taken together another way: how. */
  readonly remadeBy?: string;
}

/** Curves held ready to be picked; beyond it those of the sensors not asked for lately are let go. */
const HELD_BYTES = 768 * 1024 * 1024;

/** Holds the curves of runs ready while somebody tunes them. */
export class Repicker {
  readonly #store: CurveStore;
  readonly #sensors = new Map<string, SensorTable>();
  readonly #members = new Map<string, MemberCurves>();

  constructor(store: CurveStore) {
    this.#store = store;
  }

  /**
   * The picks a run with these settings would have made, pick for pick. Throws `bad-input` for a threshold or a rule the
   * kept curves cannot answer, `not-found` where none are kept.
   */
  async repick(run: ModelRun, request: RepickRequest): Promise<RepickedRun> {
    const { settings, window } = request;
    const { pickRule, strideSamples } = run.parameters.settings;
    const rule = ruleOnCurve(settings.pickRule ?? pickRule, strideSamples);
    const thresholds = { ...run.parameters.settings.thresholds, ...settings.thresholds };
    const stations = settings.sensorThresholds ?? run.parameters.stationThresholds;
    const labels = thresholdLabels(thresholds).filter((label) => label !== DETECTION_LABEL);
    const members = askedMembers(run, settings.ensemble);
    const sensorKeys = request.sensorKeys ?? (await this.#store.sensorKeys(run));
    const columns = new PickColumns();
    const tables: SensorTable[] = [];
    const warnings: string[] = [];
    for (const [k, sensorKey] of sensorKeys.entries()) {
      const sensor = await this.#sensor(run, sensorKey, members);
      if (sensor.stretches.length === 0) {
        const none = `${sensorKey}: no probability curves of this run are kept; run the model on it again`;
        warnings.push(...(sensor.warnings.length > 0 ? sensor.warnings : [none]));
        continue;
      }
      warnings.push(...sensor.warnings);
      tables.push(sensor);
      const own = thresholdsAt(thresholds, stations, sensorKey);
      checkThresholds(rule, own, sensor, sensorKey);
      const agrees = await this.#agreement(run, sensorKey, members);
      const asked = { rule, thresholds: own, labels, window, agrees };
      for (const stretch of sensor.stretches) addPicks(columns, k, stretch, asked);
    }
    if (tables.length === 0) {
      throw new AppError(
        'not-found',
        `no probability curves of run ${run.id} are kept; run ${run.modelId} again to tune it`,
      );
    }
    return {
      sensorKeys,
      labels,
      ...columns.columns(),
      histograms: request.histograms ? histogramsOf(tables, rule, labels) : undefined,
      lowestThresholds: lowestOf(tables, rule, labels),
      warnings,
    };
  }

  /** Lets go of everything. */
  clear(): void {
    this.#sensors.clear();
    this.#members.clear();
  }

  async #sensor(
    run: ModelRun,
    sensorKey: string,
    members: AskedMembers | undefined,
  ): Promise<SensorTable> {
    // Of the ways members are taken together only the last is held.
    const key = `${sensorId(run, sensorKey)}${members?.rule ? ' remade' : ''}`;
    const known = this.#sensors.get(key);
    const table = await (members?.rule
      ? this.#remade(run, sensorKey, members.rule, known)
      : known?.final
        ? known
        : this.#read(run, sensorKey, known));
    this.#sensors.delete(key);
    this.#sensors.set(key, table);
    trim(this.#sensors);
    return table;
  }

  /** Of a run that is under way all that is kept by now. */
  async #remade(
    run: ModelRun,
    sensorKey: string,
    rule: MemberRule,
    known: SensorTable | undefined,
  ): Promise<SensorTable> {
    const members = await this.#membersOf(run, sensorKey);
    const remadeBy = `${members.parts} ${JSON.stringify(rule)}`;
    if (known?.remadeBy === remadeBy) return known;
    const table = sensorTable(commonParts(members, rule), [], members.final);
    return { ...table, remadeBy };
  }

  async #membersOf(run: ModelRun, sensorKey: string): Promise<MemberCurves> {
    const key = sensorId(run, sensorKey);
    const known = this.#members.get(key);
    if (known?.final) return known;
    const kept = await this.#store.read(run, sensorKey, undefined, 'members');
    if (kept.parts.length === 0 || kept.damaged.length > 0 || kept.torn) {
      throw membersMissing(sensorKey);
    }
    const members =
      known?.parts === kept.parts.length
        ? { ...known, final: run.state === 'done' }
        : memberCurves(kept.parts, run.state === 'done');
    this.#members.delete(key);
    this.#members.set(key, members);
    trim(this.#members);
    return members;
  }

  async #agreement(
    run: ModelRun,
    sensorKey: string,
    asked: AskedMembers | undefined,
  ): Promise<Asked['agrees']> {
    if (asked === undefined || asked.leastAgreeing <= 1) return undefined;
    const members = await this.#membersOf(run, sensorKey);
    return ({ startNs: stretchStartNs, sampleRateHz }) =>
      agreementIn(asked, members, { stretchStartNs, sampleRateHz });
  }

  /** A run that is done does not change; of one under way, or cut short and gone on with, there may be more. */
  async #read(
    run: ModelRun,
    sensorKey: string,
    known: SensorTable | undefined,
  ): Promise<SensorTable> {
    const final = run.state === 'done';
    const kept = await this.#store.read(run, sensorKey);
    if (known?.parts === kept.parts.length) return { ...known, final };
    return sensorTable(kept.parts, damageWords(sensorKey, kept), final);
  }
}

function sensorId({ id, startedNs }: ModelRun, sensorKey: string): string {
  return `${id} ${startedNs} ${sensorKey}`;
}

/** Lets go of those not asked for lately, until the rest has room. */
function trim(held: Map<string, { readonly bytes: number }>): void {
  let bytes = 0;
  for (const { bytes: each } of held.values()) bytes += each;
  for (const [oldest, { bytes: each }] of held) {
    if (bytes <= HELD_BYTES || held.size === 1) return;
    held.delete(oldest);
    bytes -= each;
  }
}

function sensorTable(
  parts: readonly KeptPart[],
  warnings: readonly string[],
  final: boolean,
): SensorTable {
  const stretches = Map.groupBy(parts, (part) => `${part.stretchStartNs} ${part.sampleRateHz}`);
  const levels = new Map<string, KeepLevels>();
  let bytes = 0;
  for (const { label, levels: own, curve } of parts) {
    const { floor = 0, tail = 0 } = levels.get(label) ?? {};
    levels.set(label, { floor: Math.max(floor, own.floor), tail: Math.max(tail, own.tail) });
    bytes += curve.values.byteLength + curve.from.byteLength + curve.at.byteLength;
  }
  return {
    parts: parts.length,
    final,
    stretches: [...stretches.values()].map(stretchTable),
    levels,
    warnings,
    bytes,
  };
}

function stretchTable(parts: readonly KeptPart[]): StretchTable {
  const [first] = parts as readonly [KeptPart, ...KeptPart[]];
  const labels = Map.groupBy(parts, ({ label }) => label);
  const curves = Object.fromEntries(
    [...labels].map(([label, ofLabel]) => [label, joinParts(ofLabel)]),
  );
  return {
    startNs: first.stretchStartNs,
    sampleRateHz: first.sampleRateHz,
    length: Math.max(...parts.map(({ to }) => to)),
    table: new PickTable(curves, first.sampleRateHz),
  };
}

function checkThresholds(
  rule: PickRule,
  thresholds: Thresholds,
  { levels }: SensorTable,
  sensorKey: string,
): void {
  for (const label of thresholdLabels(thresholds)) {
    const kept = levels.get(label);
    const threshold = thresholds[label] as number;
    if (!(threshold > 0 && threshold <= 1)) {
      throw new AppError(
        'bad-input',
        `threshold ${threshold} for ${label} is not a probability; give a number above 0 and up to 1`,
      );
    }
    if (kept === undefined) continue;
    const lowest = lowestExactThreshold(rule, kept);
    if (threshold >= lowest) continue;
    const what =
      lowest === Infinity
        ? `this pick rule looks at values lower than what is kept (from ${kept.floor} on); run the model again with it`
        : `with this pick rule the kept curves are exact from ${roundedUp(lowest)} on, not at ${threshold}; choose a higher threshold for ${label} or run the model again`;
    throw new AppError('bad-input', `${sensorKey}: ${what}`);
  }
}

/** For people: never below what is exact. */
function roundedUp(threshold: number): number {
  return Math.ceil(threshold * 1e4 - 1e-9) / 1e4;
}

function lowestOf(
  tables: readonly SensorTable[],
  rule: PickRule,
  labels: readonly string[],
): Record<string, number> {
  return Object.fromEntries(
    labels.map((label) => {
      const lowest = tables.flatMap(({ levels }) => {
        const kept = levels.get(label);
        return kept === undefined ? [] : [lowestExactThreshold(rule, kept)];
      });
      return [label, Math.max(0, ...lowest)];
    }),
  );
}

function histogramsOf(
  tables: readonly SensorTable[],
  rule: PickRule,
  labels: readonly string[],
): PeakHistogram[] {
  const bins = Math.round(1 / PEAK_BIN) + 1;
  return labels.map((label) => {
    const counts = new Uint32Array(bins);
    for (const { stretches } of tables) {
      for (const { table } of stretches) {
        for (const height of table.peakHeights(rule, label)) {
          const bin = Math.min(bins - 1, Math.floor(height / PEAK_BIN));
          counts[bin] = (counts[bin] as number) + 1;
        }
      }
    }
    return { label, counts };
  });
}

function addPicks(
  columns: PickColumns,
  sensor: number,
  stretch: StretchTable,
  { rule, thresholds, labels, window, agrees }: Asked,
): void {
  const { startNs, sampleRateHz, length, table } = stretch;
  const span = { from: 0, to: length };
  if (window !== undefined) {
    span.from = Math.max(0, sampleFrom(startNs, window.startNs, sampleRateHz));
    span.to = Math.min(length, sampleFrom(startNs, window.endNs, sampleRateHz));
  }
  if (span.from >= span.to) return;
  const seen = agrees?.(stretch);
  table.eachPick(rule, thresholds, { labels, ...span }, (sample, label, probability) => {
    if (seen?.(sample, labels[label] ?? '') ?? true) columns.add(sample, label, probability);
  });
  columns.endStretch(sensor, { startNs, sampleRateHz });
}

/** The first sample at or after a time. */
function sampleFrom(startNs: EpochNs, time: EpochNs, sampleRateHz: number): number {
  const nearest = nearestSample(startNs, time, sampleRateHz);
  return sampleTime(startNs, nearest, sampleRateHz) >= time ? nearest : nearest + 1;
}
