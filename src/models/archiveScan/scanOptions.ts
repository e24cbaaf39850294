// What Seismo-Performer's archive scan can be asked for, under names of its own options.

import { AppError } from '../../base/appError.ts';
import type { ArchiveScanOptions, ScanThresholds } from '../../domain/event/archiveScan.ts';

/** Rate at which the scanned networks work, and the samples of one of their windows. */
export const SCAN_RATE_HZ = 100;
export const SCAN_WINDOW_SAMPLES = 400;

/** Classes in the order of the networks' answers; the last is noise and never picked. */
export const SCAN_LABELS = ['P', 'S', 'N'] as const;
export const SCAN_PHASES = ['P', 'S'] as const;

/** As documented: windows by themselves, the scaler as published. */
export const DEFAULT_ARCHIVE_SCAN: ArchiveScanOptions = {
  detrend: true,
  highpassHz: 2,
  normalisation: 'window',
  scaler: 'batch',
  batchSize: 150,
  chunkSeconds: 600,
  shiftSamples: 10,
  everyWindow: false,
  thresholds: { P: 0.998, S: 0.998 },
  start: undefined,
  end: undefined,
};

/** The file of a spectrogram network's pack that scales as asked. */
export function scalerFile(scaler: ArchiveScanOptions['scaler']): string {
  return scaler === 'window' ? 'model.onnx' : 'model-batch-scaler.onnx';
}

/** Throws `bad-input` for options no scan can be made with. */
export function checkScanOptions(options: ArchiveScanOptions): void {
  const whole = (name: string, value: number): void => {
    if (Number.isInteger(value) && value >= 1) return;
    throw new AppError('bad-input', `--${name} ${value} is not usable; give a whole number from 1`);
  };
  whole('batch-size', options.batchSize);
  whole('shift', options.shiftSamples);
  if (!(options.chunkSeconds >= SCAN_WINDOW_SAMPLES / SCAN_RATE_HZ)) {
    throw new AppError(
      'bad-input',
      `--trace-size ${options.chunkSeconds} is not usable; give at least the ${SCAN_WINDOW_SAMPLES / SCAN_RATE_HZ} s of one window`,
    );
  }
  for (const phase of SCAN_PHASES)
    checkThreshold(options.thresholds[phase], String(options.thresholds[phase]));
}

/** Reads `--threshold`: one number for both phases, or `p: 0.9997, s: 0.9995`. Throws `bad-input`. */
export function parseScanThresholds(text: string): ScanThresholds {
  const single = Number(text);
  if (text.trim() !== '' && !Number.isNaN(single)) {
    checkThreshold(single, text);
    return { P: single, S: single };
  }
  const found = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, label, value] = /^\s*([a-z]+)\s*:\s*([\d.eE+-]+)\s*$/i.exec(part) ?? [];
    if (label === undefined) refuseThreshold(text);
    else found.set(label.toUpperCase(), Number(value));
  }
  const [p, s] = [found.get('P'), found.get('S')];
  if (p === undefined || s === undefined || found.size > 2) return refuseThreshold(text);
  checkThreshold(p, text);
  checkThreshold(s, text);
  return { P: p, S: s };
}

function checkThreshold(value: number, text: string): void {
  if (!(value > 0 && value <= 1)) refuseThreshold(text);
}

function refuseThreshold(text: string): never {
  throw new AppError(
    'bad-input',
    `--threshold "${text}" is not usable; give one number above 0 and up to 1, or both phases like "p: 0.9997, s: 0.9995"`,
  );
}
