import { describe, expect, test } from 'vitest';
import { epochNs } from '../../base/time.ts';
import type { AnnotatedCurve } from './annotatedCurve.ts';
import { classify } from './triggers.ts';

describe('classify', () => {
  const curve = (streamId: string, label: string, ...values: number[]): AnnotatedCurve => ({
    streamId,
    label,
    startNs: epochNs(0n),
    sampleRateHz: 100 / 7,
    values: Float32Array.from(values),
  });

  test('picks phases, tells detections apart, leaves noise, orders by start, end and stream', () => {
    const curves = [
      curve('XX.B.', 'S', 0, 0.75, 0.5),
      curve('XX.B.', 'P', 0.75, 0.5, 0),
      curve('XX.A.', 'P', 0.75, 0.5, 0),
      curve('XX.A.', 'N', 1, 1, 1),
      curve('XX.A.', 'Detection', 0, 1, 1),
      curve('XX.A.', 'unknown', 1, 1, 1),
    ];
    const { picks, detections } = classify(curves, { P: 0.5, S: 0.5, N: 0.5, Detection: 0.5 });
    expect(picks.map(({ streamId, phase, peakNs }) => [streamId, phase, peakNs])).toEqual([
      ['XX.A.', 'P', 0n],
      ['XX.B.', 'P', 0n],
      ['XX.B.', 'S', 70_000_000n],
    ]);
    expect(detections).toEqual([
      { streamId: 'XX.A.', startNs: 70_000_000n, endNs: 140_000_000n, value: 1 },
    ]);
  });
});
