// A score with all that is drawn of it, as it crosses the contract.

import type { EpochNs } from '../../base/time.ts';
import type { Calibration, Reliability } from './calibration.ts';
import type { ScoreParts, ScoreReport } from './score.ts';
import type { ThresholdCurve, ThresholdSuggestion } from './thresholdCurve.ts';
import type { ScoredPhase } from './tolerance.ts';

/** A reference that was found or missed, or a pick too many. */
export interface EvaluatedOnset {
  readonly kind: 'matched' | 'missed' | 'extra';
  readonly phase: ScoredPhase;
  readonly station: string;
  /** Of the reference; of a pick too many, of the pick. */
  readonly time: EpochNs;
  readonly probability: number | undefined;
  /** pick − reference; of an outlier too, which is missed or extra for all that. */
  readonly residualS: number | undefined;
  /** Whether it lies beyond the tolerance but near enough to be the same onset. */
  readonly outlier: boolean;
  /** As the parts of the score take them. */
  readonly distanceKm: number | undefined;
  readonly snr: number | undefined;
  /** In the catalog of the open project, where they are of it. */
  readonly referenceId: number | undefined;
  readonly pickId: number | undefined;
}

/** What is drawn and offered for one phase. */
export interface PhaseEvaluation {
  /** Thinned to a few hundred points; the best and the last are among them. */
  readonly curve: ThresholdCurve;
  readonly reliability: Reliability;
  /** With the calibration that was asked for; undefined where none was. */
  readonly calibrated: Reliability | undefined;
  /** What would make the probabilities right, and how right; none with too few right or wrong picks. */
  readonly calibrations: readonly {
    readonly calibration: Calibration;
    readonly reliability: Reliability;
  }[];
  /** All stations together first, then each by name. */
  readonly suggestions: readonly ThresholdSuggestion[];
}

export interface EvaluationReport extends ScoreParts {
  readonly scores: ScoreReport;
  readonly byPhase: Readonly<Record<ScoredPhase, PhaseEvaluation>>;
  /** By time. */
  readonly onsets: readonly EvaluatedOnset[];
  /** Seconds of record, summed over stations; undefined where it is not known what was looked at. */
  readonly observedS: number | undefined;
}
