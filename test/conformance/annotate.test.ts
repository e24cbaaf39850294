// Reference: SeisBench 0.12.6 (golden/annotate), at the tolerance each case states.

import { describe, expect, test } from 'vitest';
import { annotate } from '../../src/models/annotate/annotate.ts';
import { seisbenchArguments } from '../../src/models/annotate/seisbenchArguments.ts';
import { seisbenchSpec } from '../../src/models/annotate/seisbenchSpec.ts';
import { classify } from '../../src/models/annotate/triggers.ts';
import type { AnnotatedCurve } from '../../src/models/annotate/annotatedCurve.ts';
import { parseRunnerSpec } from '../../src/models/card.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import {
  followedCases,
  type GoldenCase,
  type GoldenCurve,
  type GoldenSpan,
  goldenInference,
  goldenSpec,
  goldenTraces,
  goldenValues,
} from './annotateGolden.ts';
import { sharedJson } from './weightsGolden.ts';

/** Times of our run against the reference, in ns. */
function apart(ours: bigint, theirs: string): number {
  return Math.abs(Number(ours - BigInt(theirs)));
}

/** An absent location stands as `--` in some files, as text. */
const plainId = (id: string): string => id.replace(/\.--$/, '.');

function expectCurve(ours: AnnotatedCurve, theirs: GoldenCurve, { tolerance }: GoldenCase): void {
  expect([ours.streamId, ours.label, ours.values.length]).toEqual([
    plainId(theirs.id),
    theirs.label,
    theirs.samples,
  ]);
  expect(ours.sampleRateHz).toBeCloseTo(theirs.rateHz, 9);
  expect(apart(ours.startNs, theirs.startNs)).toBeLessThanOrEqual(tolerance.sampleTimeNs);
  if (theirs.array === undefined) return;
  const expected = goldenValues(theirs.array);
  expect(expected.length).toBe(ours.values.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const [a, b] = [ours.values[i]!, expected[i]!];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const difference = Math.abs(a - b);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }
  expect(worst).toBeLessThanOrEqual(tolerance.probability);
}

interface Span {
  readonly streamId: string;
  readonly phase?: string;
  readonly startNs: bigint;
  readonly peakNs?: bigint;
  readonly endNs: bigint;
  readonly value: number;
}

function sameSpan(ours: Span, theirs: GoldenSpan, { tolerance }: GoldenCase): boolean {
  const near = (a: bigint, b: string): boolean => apart(a, b) <= tolerance.sampleTimeNs;
  return (
    ours.streamId === plainId(theirs.id) &&
    ours.phase === theirs.phase &&
    near(ours.startNs, theirs.startNs) &&
    near(ours.endNs, theirs.endNs) &&
    (ours.peakNs === undefined || near(ours.peakNs, theirs.peakNs!)) &&
    Math.abs(ours.value - theirs.value) <= tolerance.pickValue
  );
}

/** Every robust pick is ours at the same samples; whatever else we have lies where an unsure one of theirs does. */
function expectSpans(ours: readonly Span[], theirs: readonly GoldenSpan[], c: GoldenCase): void {
  const missing = theirs.filter(
    (golden) => golden.robust && !ours.some((span) => sameSpan(span, golden, c)),
  );
  const unsure = theirs.filter(({ robust }) => !robust);
  const extra = ours.filter(
    (span) =>
      !theirs.some((golden) => sameSpan(span, golden, c)) &&
      !unsure.some(
        (golden) =>
          golden.phase === span.phase &&
          BigInt(golden.startNs) <= span.endNs &&
          span.startNs <= BigInt(golden.endNs),
      ),
  );
  expect({ missing, extra }).toEqual({ missing: [], extra: [] });
}

describe.skipIf(!sharedDir())(`SeisBench's settings of published weights${sharedNote}`, () => {
  test.each([
    ['eqtransformer-pnw', 'eqtransformer', 'eqtransformer-pnw/pnw.json.v1'],
    ['phasenetlight-ethz', 'phasenet-light', 'phasenetlight-ethz/ethz.json.v2'],
  ])('of %s make the spec that stands on the card of its pack', (id, architecture, file) => {
    const settings = sharedJson(`data/weights/${file}`);
    const card = parseRunnerSpec(sharedJson(`models/${id}/model.json`));
    expect(seisbenchSpec(id, architecture, settings)).toEqual(card);
  });
});

describe.skipIf(followedCases.length === 0)(`annotate equals SeisBench${sharedNote}`, () => {
  test.each(followedCases.map((c) => [c.id, c] as const))('%s', async (_, c) => {
    const spec = goldenSpec(c);
    const { settings, ignored } = seisbenchArguments(spec, c.params.args);
    expect(ignored).toEqual(c.params.args['overlapp'] === undefined ? [] : ['overlapp']);
    const traces = goldenTraces(c.inputs.stream);
    const { curves, notes } = await annotate(traces, spec, settings, await goldenInference(spec));
    const { annotations, picks, detections } = c.outputs;
    expect(curves.length).toBe(annotations.length);
    curves.forEach((curve, k) => expectCurve(curve, annotations[k]!, c));
    if (curves.length === 0) expect(notes.length).toBeGreaterThan(0);

    const found = classify(curves, settings.thresholds);
    expectSpans(found.picks, picks, c);
    expectSpans(found.detections, detections ?? [], c);
  });
});
