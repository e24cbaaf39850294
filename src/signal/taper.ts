import { assertUnreachable } from '../base/assert.ts';

export type TaperKind = 'cosine' | 'hann' | 'hamming' | 'blackman' | 'triang' | 'bartlett';

export interface TaperOptions {
  readonly kind: TaperKind;
  readonly side: 'left' | 'right' | 'both';
  /** The longest taper of one side, in samples. */
  readonly samples: number;
}

/** Multiplies the ends by a rising and falling half window, in place (as ObsPy's Trace.taper). */
export function taper(data: Float64Array, { kind, side, samples }: TaperOptions): void {
  const n = data.length;
  const length = Math.min(Math.floor(samples), Math.floor(n / 2));
  // The whole window has a middle sample of 1, except where the two halves meet.
  const points = 2 * length === n ? 2 * length : 2 * length + 1;
  for (let i = 0; i < length; i++) {
    const weight = windowValue(kind, i, points);
    if (side !== 'right') data[i] = (data[i] as number) * weight;
    if (side !== 'left') data[n - 1 - i] = (data[n - 1 - i] as number) * weight;
  }
}

/** Value `i` (in the rising half) of a symmetric window of `points`. */
function windowValue(kind: TaperKind, i: number, points: number): number {
  const phase = (2 * Math.PI * i) / (points - 1);
  switch (kind) {
    case 'cosine':
      // ObsPy's cosine taper reaches 1 one sample before its flank ends.
      return 0.5 * (1 - Math.cos((Math.PI * i) / (Math.floor(points / 2) - 1)));
    case 'hann':
      return 0.5 - 0.5 * Math.cos(phase);
    case 'hamming':
      return 0.54 - 0.46 * Math.cos(phase);
    case 'blackman':
      return 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
    case 'triang':
      return points % 2 === 1 ? (2 * (i + 1)) / (points + 1) : (2 * i + 1) / points;
    case 'bartlett':
      return (2 * i) / (points - 1);
    default:
      return assertUnreachable(kind);
  }
}
