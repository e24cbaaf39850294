// What one sensor of a run leaves in the project, block by block: its picks, its kept curves and how far it is, the picks
// and the place together. A run whose program is killed goes on at the first block that is not finished.

import { type EpochNs, epochNs } from '../../base/time.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SensorPart } from '../../catalog/repositories/runProgress.ts';
import type { Detection } from '../../domain/event/detection.ts';
import type { SealHour } from '../../models/keptCurves/sensorPicker.ts';
import type { CurveStore, CurveWriter, RunIdentity } from '../curves/curveStore.ts';
import { progressBytes, readProgress, type SensorProgress } from './scanProgress.ts';
import type { FinishedBlock, ScannedPick } from './scanSensor.ts';

export interface RecordTools {
  readonly catalog: Catalog;
  readonly curves: CurveStore;
  readonly run: RunIdentity;
  /** Stores picks; those of a sensor come in order of time. */
  store(picks: readonly ScannedPick[], part: SensorPart): void;
  /** Curves can be made again: losing them costs the strips and not the picks. */
  curvesLost(error: unknown): void;
}

const EVER = { startNs: epochNs(-(2n ** 63n)), endNs: epochNs(2n ** 63n - 1n) };

export class SensorRecord {
  /** Where an interrupted run goes on. */
  readonly goOnFrom: SensorProgress | undefined;
  readonly #tools: RecordTools;
  readonly #sensorKey: string;
  #writer: CurveWriter | undefined;
  /** Of the members of an ensemble; begun with their first hour. */
  #members: CurveWriter | undefined;
  #membersLost = false;
  /** Of the curves up to the last finished block. */
  #settledBytes: number;
  /** Up to where picks are stored; undefined before the first block. */
  #storedToNs: EpochNs | undefined;

  private constructor(
    tools: RecordTools,
    sensorKey: string,
    goOnFrom: SensorProgress | undefined,
    writer: CurveWriter | undefined,
    settledBytes: number,
  ) {
    this.#tools = tools;
    this.#sensorKey = sensorKey;
    this.goOnFrom = goOnFrom;
    this.#writer = writer;
    this.#settledBytes = settledBytes;
    this.#storedToNs = goOnFrom?.untilNs;
  }

  /** Goes on where the run was interrupted, or begins the sensor anew. */
  static async open(tools: RecordTools, sensorKey: string): Promise<SensorRecord> {
    const { catalog, curves, run } = tools;
    const checkpoint = catalog.runs.checkpoint(run.id, sensorKey);
    const stored = checkpoint && readProgress(checkpoint.state);
    if (stored !== undefined) {
      const { progress, curveBytes } = stored;
      if (curveBytes === undefined)
        return new SensorRecord(tools, sensorKey, progress, undefined, 0);
      const writer = await curves.goOn(run, sensorKey, curveBytes);
      if (writer !== undefined)
        return new SensorRecord(tools, sensorKey, progress, writer, curveBytes);
    }
    try {
      const writer = await curves.begin(run, sensorKey);
      return new SensorRecord(tools, sensorKey, undefined, writer, 0);
    } catch (error) {
      tools.curvesLost(error);
      return new SensorRecord(tools, sensorKey, undefined, undefined, 0);
    }
  }

  /** All before it is finished and stored; undefined while that is nothing. */
  get storedToNs(): EpochNs | undefined {
    return this.#storedToNs;
  }

  readonly keepHour: SealHour = async (hour, parts) => {
    await this.#tryCurves((writer) => writer.seal(hour, parts));
  };

  /** Of an ensemble, which has no blocks to go on from. */
  readonly keepMembers: SealHour = async (hour, parts) => {
    if (this.#membersLost) return;
    const { curves, run } = this.#tools;
    try {
      this.#members ??= await curves.begin(run, this.#sensorKey, 'members');
      await this.#members.seal(hour, parts);
    } catch (error) {
      await this.#loseMembers();
      this.#tools.curvesLost(error);
    }
  };

  readonly keepBlock = async (block: FinishedBlock): Promise<void> => {
    const { picks, detections = [], progress } = block;
    const curveBytes = await this.#tryCurves((writer) => writer.settle());
    const state = progressBytes({ progress, curveBytes });
    const checkpoint = { finishedToNs: progress.untilNs, state };
    this.#store(picks, detections, progress.untilNs, checkpoint);
    this.#settledBytes = curveBytes ?? 0;
    this.#storedToNs = progress.untilNs;
  };

  /** The sensor is done; these are the picks and detections since its last block. */
  async finish(
    picks: readonly ScannedPick[],
    detections: readonly Detection[] = [],
  ): Promise<void> {
    this.#store(picks, detections, EVER.endNs, undefined);
    await this.#tryCurves((writer) => writer.finish());
    this.#writer = undefined;
    const members = this.#members;
    this.#members = undefined;
    await members?.finish().catch((error: unknown) => this.#tools.curvesLost(error));
  }

  /** The sensor is not done: finished blocks stay. Harmless when it is done. */
  async abandon(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.abandon(this.#settledBytes).catch(() => undefined);
    await this.#loseMembers();
  }

  async #loseMembers(): Promise<void> {
    const members = this.#members;
    this.#members = undefined;
    this.#membersLost = true;
    await members?.abandon().catch(() => undefined);
  }

  #store(
    picks: readonly ScannedPick[],
    detections: readonly Detection[],
    endNs: EpochNs,
    checkpoint: SensorPart['checkpoint'],
  ): void {
    const first = this.#storedToNs === undefined;
    const window = { startNs: this.#storedToNs ?? EVER.startNs, endNs };
    this.#tools.store(picks, { window, first, checkpoint, detections });
  }

  /** A full disk costs the curves of this sensor. */
  async #tryCurves<T>(act: (writer: CurveWriter) => Promise<T>): Promise<T | undefined> {
    const writer = this.#writer;
    if (writer === undefined) return undefined;
    try {
      return await act(writer);
    } catch (error) {
      this.#writer = undefined;
      await writer.abandon().catch(() => undefined);
      this.#tools.curvesLost(error);
      return undefined;
    }
  }
}
