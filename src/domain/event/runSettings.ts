// How a model is run over records: everything a person may change for one run. Plain data: it is shown in the
// page, written into the record of each run and into parameter sets.

import type { BandFilter } from '../waveform/bandFilter.ts';

/**
 * `onset` groups by band and instrument code, rounds offsets, masks only what disagrees and filters before
 * every down-sampling; `seisbench` answers what SeisBench 0.12 answers.
 */
export type RunPolicy = 'onset' | 'seisbench';

export type Stacking = 'avg' | 'max';

/** What is done to each window before it is fed, in this order: mean, line, scale, taper. */
export interface WindowPreparation {
  readonly demean: boolean;
  /** What is removed as the mean; `mean` when absent. */
  readonly centre?: 'mean' | 'median';
  /** Removes the least-squares line of each row, after the mean. */
  readonly detrend: boolean;
  /** Undefined where the network scales its input itself. */
  readonly scale: WindowScale | undefined;
  /** Length of the cosine flank at each end; 0 for none. */
  readonly taperSamples: number;
}

/** Values are divided by (std or largest absolute value) + epsilon, of each component or of all together. */
export type WindowScale = {
  readonly scope: 'component' | 'window';
  readonly epsilon: number;
} & ({ readonly by: 'std'; readonly divisor: 'n' | 'n-1' } | { readonly by: 'peak' });

/**
 * Each component less its running mean, divided by its running standard deviation (divisor n): both taken in
 * windows of a length each so many samples, with straight lines between. Policy `onset` only.
 */
export interface RunningScale {
  readonly windowSamples: number;
  readonly stepSamples: number;
}

/** What the authors' programs do to whole records besides filtering them, in this order. Policy `onset` only. */
export interface RecordTreatment {
  /** Takes the mean off, before the filter. */
  readonly demean?: boolean;
  /** Cosine flanks of so many seconds at both ends, of a thousandth of the record at most, after the filter. */
  readonly taperS?: number;
  /** Records at another rate are resampled by straight lines between samples, without a filter. */
  readonly resampling?: 'linear';
  /**
   * Records of accelerometers (instrument code N) are integrated by trapezoids and high-passed at so many hertz
   * (4 corners, causal).
   */
  readonly integrateFromHz?: number;
}

/** How probability curves become picks. Distances and widths are samples at the model's rate. */
export type PickRule =
  /** Local maxima at or above the threshold, highest first, none closer to another than the distance. */
  | {
      readonly kind: 'peaks';
      readonly minimumDistanceSamples: number;
      /**
       * PhaseNet's `detect_peaks`: a level top counts at its first sample, peaks at exactly the distance are too close,
       * and of two equally high ones the later stays.
       */
      readonly convention?: 'detect_peaks';
    }
  /** From the first value at the threshold to the last at the off level; the pick is the highest between. */
  | {
      readonly kind: 'trigger';
      /** Of the threshold, or a probability of its own. */
      readonly off: { readonly ratio: number } | { readonly level: number };
      readonly minimumWidthSamples: number;
      /** GPD's `trigger_onset`: values lie above the levels, the last one of a run is never the pick, a run of one is none. */
      readonly convention?: 'trigger_onset';
    }
  /** Peaks as SciPy's `find_peaks`; the mean around the peak may not be beaten by another label's. */
  | {
      readonly kind: 'dominance';
      readonly minimumDistanceSamples: number;
      readonly windowSamples: number;
    }
  /** Peaks inside spans where the label `Detection` is on, as in EQTransformer's own picker. */
  | {
      readonly kind: 'detection-gated';
      readonly minimumDistanceSamples: number;
      readonly off: { readonly ratio: number } | { readonly level: number };
      /**
       * Each window's own answers are picked, as EQTransformer's program does; of events that begin within 2 s the first
       * window's stays. Otherwise the stacked curves are.
       */
      readonly perWindow?: boolean;
    };

/**
 * `width`: the times to where the curve has fallen to exp(−½) of the peak. `normal fit`: sigma of a scaled normal curve
 * through it, where one can be fitted.
 */
export type UncertaintyMethod = 'width' | 'normal fit';

/** What one run does. Words and defaults are those of SeisBench's `annotate` where it has them. */
export interface RunSettings {
  readonly policy: RunPolicy;
  /** Applied to whole records before windows are cut. */
  readonly filter: BandFilter | undefined;
  /** Removes the least-squares line of whole records, before the filter. */
  readonly detrendRecords: boolean;
  readonly recordTreatment?: RecordTreatment;
  readonly preparation: WindowPreparation;
  /** Length of the windows, for networks of any length; absent: the one the model was trained on. */
  readonly windowSamples?: number;
  /** Done to whole records at the model's rate, before windows are cut. */
  readonly runningScale?: RunningScale;
  /** Below 1 a fraction of the window (rounded down), from 1 on samples. Only for answers per sample. */
  readonly overlap: number;
  /** Samples from one window to the next. Only for one answer per window. */
  readonly strideSamples: number;
  /**
   * Each window by itself through the network's own file, also where a faster way answers within rounding of it
   * (spectrogram networks: 1.5e-3 at most, 1e-4 where a phase is likely).
   */
  readonly everyWindow?: boolean;
  /** What runs the network, as the ONNX runtime calls it; `cpu` when absent. Others may differ in the last digits. */
  readonly provider?: string;
  readonly stacking: Stacking;
  /** Samples not used at the start and the end of each window. */
  readonly blindingSamples: readonly [number, number];
  /** Only where every component is present; otherwise an absent one is fed as zeros. */
  readonly strict: boolean;
  /** What an absent component is fed as where it is not strict; `zeros` when absent, `vertical` a copy of the vertical. */
  readonly absentAs?: 'zeros' | 'vertical';
  /** Components 1 and N, 2 and E stand for each other. */
  readonly flexibleHorizontals: boolean;
  readonly zeroPhaseResample: boolean;
  /** Windows that go through the network at once. */
  readonly batchSize: number;
  /** By label; a label without one is not picked. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly pickRule: PickRule;
  /** How sure a pick's time is said to be; `width` when absent. */
  readonly uncertainty?: UncertaintyMethod;
  /**
   * Stations with several instruments, a seismometer and an accelerometer for instance: picks of `all` (when absent), or
   * of each pair of picks the `best` only, the one that is not clipped, then the more probable.
   */
  readonly instruments?: 'all' | 'best';
}
