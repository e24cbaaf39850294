/** How far those that looked for an onset (the members of an ensemble, a run at several offsets) agree on it. */
export interface PickScatter {
  /** With a probability there at all. */
  readonly asked: number;
  /** Of them, those that see it at or above the threshold. */
  readonly agreeing: number;
  /** Standard deviation (divisor n) of the highest probability near the pick over all that were asked. */
  readonly probabilityDeviation: number;
  /** Standard deviation (divisor n) of the time of that probability over those that agree; undefined when none does. */
  readonly timeDeviationS: number | undefined;
  /** What each of them says, in their order; absent for runs of before it was kept. */
  readonly votes?: readonly PickVote[];
}

/** The highest probability of one who looked, near a pick of all. */
export interface PickVote {
  /** Its place among the members of the run's ensemble, from 0. */
  readonly member: number;
  readonly probability: number;
  /** Later than the pick. */
  readonly offsetS: number;
  /** Whether it is at or above the member's own threshold. */
  readonly agrees: boolean;
}

/** The scatter of one pick of a run, by the number of the pick in the catalog. */
export interface ScatterOfPick extends PickScatter {
  readonly pickId: number;
}
