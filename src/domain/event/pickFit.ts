// A normal curve fitted to the probability about a machine pick, as its method tells it.

/** y(t) = scale · exp(−½ ((t − mean) / sigma)²). */
export interface PickFit {
  readonly scale: number;
  /** Later than the pick. */
  readonly meanS: number;
  readonly sigmaS: number;
  readonly samples: number;
  /** √Σ r² over the samples fitted. */
  readonly residualL2: number;
  /**
   * (JᵀJ)⁻¹ at the answer: variances of scale, mean, sigma, then scale with mean, scale with sigma, mean with sigma. Times
   * residualL2² / (samples − 3) they are those of the parameters.
   */
  readonly covariance: readonly [number, number, number, number, number, number];
}

export const NORMAL_FIT = 'probability normal fit';

/** The confidence of a sigma, in percent. */
export const SIGMA_CONFIDENCE = 68.27;

/** `probability normal fit (A 0.8312 mean +0.0031 s sigma 0.0412 s n 43 L2 0.2120 C 1.2e-5 …)`. */
export function formatPickFit(fit: PickFit): string {
  const sign = fit.meanS < 0 ? '-' : '+';
  const parts = [
    `A ${fit.scale.toFixed(4)}`,
    `mean ${sign}${Math.abs(fit.meanS).toFixed(5)} s`,
    `sigma ${fit.sigmaS.toFixed(5)} s`,
    `n ${fit.samples}`,
    `L2 ${fit.residualL2.toPrecision(5)}`,
    `C ${fit.covariance.map((value) => value.toExponential(4)).join(' ')}`,
  ];
  return `${NORMAL_FIT} (${parts.join(' ')})`;
}

const FIT =
  /probability normal fit \(A (\S+) mean (\S+) s sigma (\S+) s n (\d+) L2 (\S+) C (\S+) (\S+) (\S+) (\S+) (\S+) ([^\s)]+)\)/;

/** The fit a pick's method tells; undefined where it tells none. */
export function parsePickFit(method: string): PickFit | undefined {
  const numbers = FIT.exec(method)?.slice(1).map(Number);
  if (numbers === undefined || !numbers.every(Number.isFinite)) return undefined;
  const [scale, meanS, sigmaS, samples, residualL2, pp, uu, oo, pu, po, uo] = numbers as [
    ...[number, number, number, number, number],
    ...[number, number, number, number, number, number],
  ];
  return { scale, meanS, sigmaS, samples, residualL2, covariance: [pp, uu, oo, pu, po, uo] };
}

/** A method without the parameters of its fit, which are long and of one pick, and these by themselves. */
export function splitFit(method: string): { method: string; fit: string | undefined } {
  const match = FIT.exec(method);
  if (match === null) return { method, fit: undefined };
  const [text] = match;
  const fit = text.slice(NORMAL_FIT.length + 2, -1);
  return { method: method.replace(text, NORMAL_FIT), fit };
}

/** The other way round. */
export function joinFit(method: string, fit: string | undefined): string {
  return fit === undefined ? method : method.replace(NORMAL_FIT, `${NORMAL_FIT} (${fit})`);
}

/** Standard errors of scale, mean (s) and sigma (s) by the scatter about the fit. */
export function fitErrors(fit: PickFit): { scale: number; meanS: number; sigmaS: number } {
  const variance = fit.residualL2 ** 2 / (fit.samples - 3);
  const [scale, meanS, sigmaS] = [0, 1, 2].map((i) =>
    Math.sqrt((fit.covariance[i] as number) * variance),
  ) as [number, number, number];
  return { scale, meanS, sigmaS };
}
