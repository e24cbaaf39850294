// What is known of an installed model apart from how it is run, and how it was compared with its original.
// Plain data: it is shown in the page and printed by the command line.

/**
 * What a pack may be used for: `tests-only` where its licence leaves picking in doubt, `never-picking` for
 * random weights, `not-a-picker` for networks that answer something else than phases.
 */
export type ModelUse = 'picking' | 'tests-only' | 'never-picking' | 'not-a-picker';

/** `unchecked`: the card states no checksum of its weights, so nothing can be said of them. */
export type ChecksumState = 'matches' | 'unchecked' | 'differs' | 'missing';

/** Only a comparison that was made can pass. */
export type ParityVerdict = 'pass' | 'fail' | 'not-compared';

/** A model's answers on this machine beside those of its original. */
export interface ParityReport {
  readonly verdict: ParityVerdict;
  /** Where the reference numbers come from; undefined where there are none. */
  readonly reference: string | undefined;
  /** Windows compared, and single numbers in them. */
  readonly windows: number;
  readonly values: number;
  readonly largestDifference: number | undefined;
  readonly tolerance: number | undefined;
  /** Of the time of a pick, in seconds; undefined where the reference states none or one label answers a window. */
  readonly largestPickDifferenceS: number | undefined;
  readonly pickToleranceS: number | undefined;
  /** A sentence: what was found, or why nothing was compared. */
  readonly text: string;
}

/** What became of one model that was to be installed. */
export interface ModelImport {
  /** Names of the files it was read from. */
  readonly files: readonly string[];
  /** Undefined when it was refused before it had a name. */
  readonly modelId: string | undefined;
  readonly title: string;
  /** As the importer recognised it: `eqtransformer`; `onnx` for a ready pack. */
  readonly architecture: string | undefined;
  /** Why nothing was installed. */
  readonly error: string | undefined;
  readonly warnings: readonly string[];
  readonly parity: ParityReport | undefined;
  readonly convertMs: number;
}

/** What a check of an installed model found. */
export interface ModelVerification {
  readonly modelId: string;
  readonly folder: string;
  /** Undefined where the card cannot be read. */
  readonly use: ModelUse | undefined;
  readonly checksum: ChecksumState;
  /** Why it cannot be run at all. */
  readonly problem: string | undefined;
  /** Undefined for what is not a picker and for what cannot be run. */
  readonly parity: ParityReport | undefined;
}
