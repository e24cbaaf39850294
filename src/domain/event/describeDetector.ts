import { describeFilter } from '../waveform/bandFilter.ts';
import {
  curveKind,
  type DetectorKind,
  type DetectorSettings,
  windowsOf,
} from './detectorSettings.ts';

/** Kinds as they are called on the page and in the method of picks. */
export const KIND_WORDS: Readonly<Record<DetectorKind, string>> = {
  classic: 'classic STA/LTA',
  recursive: 'recursive STA/LTA',
  'z-detect': 'Z-detector',
  delayed: 'delayed STA/LTA',
  'energy-ratio': 'energy ratio',
  kurtosis: 'kurtosis',
  'baer-kradolfer': 'Baer–Kradolfer',
  ar: 'AR picker',
};

const ONSET_WORDS = {
  none: 'onset where it came on',
  aic: 'onset by AIC',
  kurtosis: 'onset by kurtosis',
  ar: 'onset by the AR picker',
} as const;

/** The method of a detector's picks: `recursive STA/LTA 0.5/10 s on 3.5 off 1 2–20 Hz causal, onset by AIC`. */
export function describeDetector(settings: DetectorSettings): string {
  const { kind, onLevel, offLevel, band, refinement, coincidence } = settings;
  const windows = windowsOf(kind).map((name) => settings[name]);
  const around = curveKind(kind) === kind ? '' : ' around recursive STA/LTA';
  const words = [
    `${KIND_WORDS[kind]}${around} ${windows.join('/')} s on ${onLevel} off ${offLevel} ${describeFilter(band)}`,
  ];
  if (around === '') words.push(ONSET_WORDS[refinement.method]);
  if (coincidence) words.push(`at ${coincidence.leastSum} stations`);
  return words.join(', ');
}
