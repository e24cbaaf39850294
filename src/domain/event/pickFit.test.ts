import { expect, test } from 'vitest';
import { fitErrors, formatPickFit, parsePickFit, type PickFit } from './pickFit.ts';

const fit: PickFit = {
  scale: 0.83121,
  meanS: -0.00312,
  sigmaS: 0.04123,
  samples: 43,
  residualL2: 0.21201,
  covariance: [1.2345e-2, 3.4e-7, 3.5e-7, -1e-9, 2.2e-5, 4e-12],
};

test('a fit is read back from the method of a pick', () => {
  const method = `onset-1 1.0.0, ${formatPickFit(fit)}, N and E absent`;
  expect(method.split(', ')).toHaveLength(3);
  const read = parsePickFit(method)!;
  expect(read.samples).toBe(43);
  expect(read.meanS).toBeCloseTo(fit.meanS, 5);
  expect(read.sigmaS).toBeCloseTo(fit.sigmaS, 5);
  fit.covariance.forEach((value, i) => expect(read.covariance[i]! / value).toBeCloseTo(1, 4));
  expect(formatPickFit(read)).toBe(formatPickFit({ ...fit, scale: 0.8312 }));
  const variance = fit.residualL2 ** 2 / 40;
  expect(fitErrors(fit).meanS).toBeCloseTo(Math.sqrt(3.4e-7 * variance), 12);
  expect(fitErrors(fit).scale).toBeCloseTo(Math.sqrt(1.2345e-2 * variance), 12);
  expect(parsePickFit('onset-1 1.0.0, probability width exp(-1/2)')).toBeUndefined();
});
