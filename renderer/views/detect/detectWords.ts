import { KIND_WORDS } from '../../../src/domain/event/describeDetector.ts';
import type {
  DetectorComponents,
  DetectorKind,
  OnsetMethod,
} from '../../../src/domain/event/detectorSettings.ts';

export const KIND_NAMES: Readonly<Record<DetectorKind, string>> = {
  ...KIND_WORDS,
  classic: 'Classic STA/LTA',
  recursive: 'Recursive STA/LTA',
  delayed: 'Delayed STA/LTA',
  'energy-ratio': 'Energy ratio',
  kurtosis: 'Kurtosis',
  ar: 'AR picker, P and S',
};

export const KIND_HELP: Readonly<Record<DetectorKind, string>> = {
  classic: 'Mean energy of the short window over that of the long one.',
  recursive: 'The same with exponential averages: smooth, forgets slowly.',
  'z-detect': 'Short-window energy in deviations from its mean over the long window.',
  delayed: 'The long window ends where the short one begins: the signal is not in its own noise.',
  'energy-ratio': 'Energy of the next short window over that of the last one.',
  kurtosis: 'How far the long window is from normal noise: rises at impulsive onsets.',
  'baer-kradolfer': 'Picks around triggers of the recursive STA/LTA.',
  ar: 'P on the vertical and S on the horizontals, around triggers of the recursive STA/LTA.',
};

export const ONSET_NAMES: Readonly<Record<OnsetMethod, string>> = {
  none: 'where it came on',
  aic: 'AIC',
  kurtosis: 'steepest kurtosis',
  ar: 'AR prediction',
};

export const COMPONENT_NAMES: Readonly<Record<DetectorComponents, string>> = {
  vertical: 'vertical',
  horizontal: 'horizontals',
  all: 'all three',
};

/** `UW.HANS: 2, UW.LRIV: 0.5`; undefined when it is not that. */
export function readWeights(text: string): Record<string, number> | undefined {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  const pairs = parts.map((part) => part.split(/[:=]/).map((each) => each.trim()));
  const right = pairs.every(
    ([station = '', weight = '', ...rest]) =>
      /^[^.]+\.[^.]+$/.test(station) && weight !== '' && Number(weight) >= 0 && rest.length === 0,
  );
  return right
    ? Object.fromEntries(pairs.map(([station = '', weight]) => [station, Number(weight)]))
    : undefined;
}

export function weightsText(weights: Readonly<Record<string, number>>): string {
  return Object.entries(weights)
    .map(([station, weight]) => `${station}: ${weight}`)
    .join(', ');
}
