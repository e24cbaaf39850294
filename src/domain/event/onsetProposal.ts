import type { EpochNs } from '../../base/time.ts';

/** How an onset is sought near a place an analyst points at, in the order in which they are tried. */
export const PROPOSAL_METHODS = ['aic', 'ar', 'kurtosis'] as const;
export type ProposalMethod = (typeof PROPOSAL_METHODS)[number];

export const PROPOSAL_NAMES: Readonly<Record<ProposalMethod, string>> = {
  aic: 'AIC',
  ar: 'AR',
  kurtosis: 'kurtosis',
};

/** An onset that is offered and no pick until somebody takes it. */
export interface OnsetProposal {
  readonly time: EpochNs;
  /** One standard deviation on either side. */
  readonly lowerUncertaintyS: number;
  readonly upperUncertaintyS: number;
  /** As `signalToNoise` has it, of the filtered trace. */
  readonly snr: number | undefined;
  /** For the pick that is made of it: `AIC 2–20 Hz causal, within 3 s`. */
  readonly method: string;
}
