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
}

/** The scatter of one pick of a run, by the number of the pick in the catalog. */
export interface ScatterOfPick extends PickScatter {
  readonly pickId: number;
}
