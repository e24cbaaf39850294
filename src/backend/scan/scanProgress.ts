// Where the scan of a sensor is between two blocks, as bytes for the catalog: a killed run goes on from there.

import type { EpochNs } from '../../base/time.ts';
import { decode, encode } from '../../contract/codec.ts';
import type { SensorPick, SensorPickerState } from '../../models/keptCurves/sensorPicker.ts';
import type { WindowPickerState } from '../../models/keptCurves/windowPicker.ts';
import type { DetectorState } from '../../signal/detector/detectorStream.ts';
import type { StretchReaderState } from './scanStretches.ts';

export interface SensorProgress {
  /** All before is finished: picked, and its picks given out. */
  readonly untilNs: EpochNs;
  /** Where the window grid of a stretch that goes on begins. */
  readonly gridStartNs: EpochNs | undefined;
  /** Lengths of stretches too short to be run. */
  readonly shortS: readonly number[];
  readonly reader: StretchReaderState;
  readonly picker: SensorPickerState;
  /** Where each window is picked by itself. */
  readonly windows?: WindowPickerState;
  /** Of a classic detector. */
  readonly detector?: DetectorProgress;
}

/** Where a detector is in its record, and the triggers whose onsets it has not sought yet. */
export interface DetectorProgress {
  readonly stretch:
    | {
        readonly startNs: EpochNs;
        readonly sampleRateHz: number;
        readonly length: number;
        readonly made: number;
        readonly state: DetectorState | undefined;
      }
    | undefined;
  readonly waiting: readonly SensorPick[];
}

/** With what the file of kept curves held then; undefined where none is written. */
export interface StoredProgress {
  readonly progress: SensorProgress;
  readonly curveBytes: number | undefined;
}

/** Changes with what is in a progress. */
const VERSION = 2;
/** Far above what two blocks leave open. */
const MOST_BYTES = 256 * 1024 * 1024;

export function progressBytes(stored: StoredProgress): Uint8Array {
  return new Uint8Array(encode({ version: VERSION, ...stored }, MOST_BYTES));
}

/** Undefined when the bytes are of another version or none of ours: the sensor is begun anew. */
export function readProgress(bytes: Uint8Array): StoredProgress | undefined {
  try {
    const frame = Uint8Array.from(bytes).buffer;
    const stored = decode(frame) as StoredProgress & { readonly version: number };
    return stored.version === VERSION ? stored : undefined;
  } catch {
    return undefined;
  }
}
