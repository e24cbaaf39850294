// What looking at a pick is worth, as it crosses the contract.

/** Why a pick is worth a look. */
export type ReviewReasonKind =
  'threshold' | 'disagreement' | 'conflict' | 'novelty' | 'history' | 'known';

export interface ReviewReason {
  readonly kind: ReviewReasonKind;
  /** How much of it there is, 0 to 1. */
  readonly degree: number;
  /** `0.02 above the threshold of 0.30`, `phasenet has no P within 0.5 s`. */
  readonly text: string;
}

/** The value of looking at one pick, 0 to 1, with what it comes from; formula in evaluation/review/valuePicks. */
export interface PickValue {
  readonly pickId: number;
  readonly value: number;
  /** The estimated probability that an analyst accepts it. */
  readonly right: number;
  /** The strongest first; never empty. */
  readonly reasons: readonly ReviewReason[];
}

/** How many wrong picks the next decisions are expected to find, in the order of the queue. */
export interface ExpectedGain {
  /** Numbers of decisions, from 0 on, rising. */
  readonly decisions: readonly number[];
  /** Expected wrong picks among the first so many; rises ever more slowly. */
  readonly wrong: readonly number[];
  /** The next few, at most 20, and the wrong picks expected among them. */
  readonly nextDecisions: number;
  readonly nextWrong: number;
  /** What has been decided so far of what machines picked, and how many of those were wrong. */
  readonly decided: number;
  readonly foundWrong: number;
}
