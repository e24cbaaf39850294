import { calibrate, type Calibration } from '../../../src/domain/evaluation/calibration.ts';

/** The least number of the model that is calibrated to at least so much, to a millionth; 1 where none is. */
export function ownThreshold(calibration: Calibration, calibrated: number): number {
  let [low, high] = [0, 1];
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (calibrate(calibration, middle) >= calibrated) high = middle;
    else low = middle;
  }
  return high;
}
