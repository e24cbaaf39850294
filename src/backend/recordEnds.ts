import type { TimeWindow } from '../domain/waveform/timeWindow.ts';

/** Ends of a piece that are ends of its record, and not of what was read of it. */
export type RecordEnds = 'left' | 'right' | 'both' | undefined;

interface Piece extends TimeWindow {
  readonly sampleRateHz: number;
}

/** Samples a cut may lie beside the end of what was read. */
const BESIDE = 2;

/** A piece is cut where what was read ends and more lies beyond. */
export function recordEnds(
  { startNs, endNs, sampleRateHz }: Piece,
  { core, read }: { readonly core: TimeWindow; readonly read: TimeWindow },
): RecordEnds {
  const near = (apartNs: bigint): boolean => Number(apartNs) * sampleRateHz <= BESIDE * 1e9;
  const left = !(read.startNs < core.startNs && near(startNs - read.startNs));
  const right = !(core.endNs < read.endNs && near(read.endNs - endNs));
  return left && right ? 'both' : left ? 'left' : right ? 'right' : undefined;
}
