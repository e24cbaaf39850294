// What `--print-scores` and `--plot-positives` leave beside the predictions.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatIso } from '../../base/time.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import { writeNpy } from '../../formats/npy/writeNpy.ts';
import type { ChunkScan } from '../../models/archiveScan/archiveScan.ts';
import {
  SCAN_LABELS,
  SCAN_RATE_HZ,
  SCAN_WINDOW_SAMPLES,
} from '../../models/archiveScan/scanOptions.ts';
import { predictionLine } from '../../models/archiveScan/predictionText.ts';
import type { ScanPick } from '../../models/archiveScan/scanPicks.ts';
import type { ScanSpan } from '../../models/archiveScan/scanTraces.ts';
import { restoreScores } from '../../models/archiveScan/scanWindows.ts';
import { drawTraces, type PictureRow } from './drawTraces.ts';

/** Seconds shown either side of a pick. */
const AROUND_PICK_S = 10;

export interface ScannedChunk {
  readonly station: string;
  /** In the order of the network's components. */
  readonly channels: readonly string[];
  readonly span: ScanSpan;
  readonly scan: ChunkScan;
  readonly shiftSamples: number;
}

/** Samples × components and samples × labels as `.npy`, scores at the middle of their windows, and both as a picture. */
export async function writeScores(folder: string, chunk: ScannedChunk): Promise<void> {
  const { station, span, scan } = chunk;
  const curves = centredScores(chunk);
  const name = join(folder, `${station}_${timeName(span.startNs)}`);
  const samples = scan.samples;
  await writeFile(`${name}_wave.npy`, interleaved(span.components, samples));
  await writeFile(`${name}_scores.npy`, interleaved(curves, samples));
  const rows = pictureRows(chunk, curves, 0, samples);
  const title = `${station}: waveforms as scanned, and scores`;
  const picture = drawTraces({
    ...{ title, startNs: span.startNs, sampleRateHz: SCAN_RATE_HZ, rows },
    marks: scan.picks.filter(({ dominant }) => dominant).map((pick) => markOf(pick, 0)),
  });
  await writeFile(`${name}.svg`, picture);
}

/** One picture for each pick of a chunk. */
export async function writePositives(folder: string, chunk: ScannedChunk): Promise<void> {
  const { station, span, scan } = chunk;
  const curves = centredScores(chunk);
  const reach = AROUND_PICK_S * SCAN_RATE_HZ;
  for (const pick of scan.picks) {
    if (!pick.dominant) continue;
    const middle = pick.sample + SCAN_WINDOW_SAMPLES / 2;
    const from = Math.max(0, middle - reach);
    const to = Math.min(scan.samples, middle + reach);
    const startNs = sampleTime(span.startNs, from, SCAN_RATE_HZ);
    const picture = drawTraces({
      title: `${predictionLine(station, pick)} UTC`,
      ...{ startNs, sampleRateHz: SCAN_RATE_HZ, rows: pictureRows(chunk, curves, from, to) },
      marks: [markOf(pick, from)],
    });
    await writeFile(join(folder, `${station}_${pick.phase}_${timeName(pick.timeNs)}.svg`), picture);
  }
}

/** Half a window later than the scan has them: at the samples that picks are reported at. */
function centredScores({ scan, shiftSamples }: ScannedChunk): Float64Array[] {
  const half = SCAN_WINDOW_SAMPLES / 2;
  return restoreScores(scan.scores, scan.samples, shiftSamples).map((curve) => {
    const moved = new Float64Array(curve.length);
    moved.set(curve.subarray(0, Math.max(0, curve.length - half)), Math.min(half, curve.length));
    return moved;
  });
}

function pictureRows(
  { channels, span }: ScannedChunk,
  curves: readonly Float64Array[],
  from: number,
  to: number,
): PictureRow[] {
  const waves = span.components.map((samples, index) => ({
    label: channels[index] ?? '',
    samples: samples.subarray(from, to),
  }));
  const scores = curves.map((curve, index) => ({
    label: SCAN_LABELS[index] ?? '',
    samples: curve.subarray(from, to),
    range: [0, 1] as const,
  }));
  return [...waves, ...scores];
}

function markOf(pick: ScanPick, from: number): { sample: number; label: string } {
  const sample = pick.sample + SCAN_WINDOW_SAMPLES / 2 - from;
  return { sample, label: `${pick.phase} ${pick.value.toFixed(3)}` };
}

/** `20220206T023129.338400`: sorts by time and is a file's name on every system. */
function timeName(time: ScanSpan['startNs']): string {
  return formatIso(time, 6, 'T', '').replaceAll(/[-:]/g, '');
}

function interleaved(rows: readonly ArrayLike<number>[], samples: number): Uint8Array {
  const values = new Float32Array(rows.length * samples);
  rows.forEach((row, column) => {
    for (let i = 0; i < samples; i += 1) values[i * rows.length + column] = row[i] ?? 0;
  });
  return writeNpy(values, [samples, rows.length]);
}
