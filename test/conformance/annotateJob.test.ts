// SeisBench's curves and picks once more, this time the whole way of `onset annotate --policy seisbench`: files from
// disk, worker pool, inference process, written JSON.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { annotateHandlers } from '../../src/backend/handlers/annotate.ts';
import { seisbenchArguments } from '../../src/models/annotate/seisbenchArguments.ts';
import { type ModelBench, openModelBench } from '../modelContext.ts';
import { sharedDir, sharedNote } from '../shared.ts';
import {
  followedCases,
  type GoldenCase,
  goldenPath,
  goldenSpec,
  goldenValues,
} from './annotateGolden.ts';

interface Written {
  readonly traces: readonly {
    readonly stream: string;
    readonly label: string;
    readonly startNs: string;
    readonly sampleRateHz: number;
    readonly values: readonly (number | null)[];
  }[];
  readonly picks: readonly WrittenPick[];
  readonly detections?: readonly WrittenPick[];
}
interface WrittenPick {
  readonly stream: string;
  readonly phase: string;
  readonly startNs: string;
  readonly peakNs: string;
  readonly endNs: string;
  readonly value: number;
}

const NO_FILTER = { lowHz: undefined, highHz: undefined, corners: 4, zeroPhase: false };
const signal = new AbortController().signal;
const folder = await mkdtemp(join(tmpdir(), 'onset-annotate-'));
const benches = new Map<string, Promise<ModelBench>>();
afterAll(async () => {
  for (const bench of benches.values()) await (await bench).close();
  await rm(folder, { recursive: true });
});

/** One project for each stream of the reference. */
function benchOf(stream: string): Promise<ModelBench> {
  const known = benches.get(stream);
  if (known) return known;
  const made = openModelBench(folder, stream);
  const ready = made.context.sources.add([goldenPath(stream)]).then(() => made);
  benches.set(stream, ready);
  return ready;
}

async function annotated(c: GoldenCase): Promise<Written | undefined> {
  const { context, finished } = await benchOf(c.inputs.stream);
  const handlers = annotateHandlers(context);
  const { settings } = seisbenchArguments(goldenSpec(c), c.params.args);
  // Not given means the model's filter; one without corners means none.
  const filter = settings.filter ?? NO_FILTER;
  const path = join(folder, `${c.id}.json`);
  const request = {
    modelId: c.params.model,
    folder: context.grants.grant(join(sharedDir()!, 'models', c.params.model)),
    streamKeys: undefined,
    window: undefined,
    settings: { ...settings, filter },
    allowTestModel: true,
    target: context.grants.grant(path),
  };
  const { jobId } = await handlers['model.annotate'](request, signal);
  expect(await finished(jobId)).toMatchObject({ state: 'done' });
  return JSON.parse(await readFile(path, 'utf8')) as Written;
}

const plainId = (id: string): string => id.replace(/\.--$/, '.');
const apart = (a: string, b: string): number => Math.abs(Number(BigInt(a) - BigInt(b)));

function expectCurves({ traces }: Written, { outputs, tolerance }: GoldenCase): void {
  const name = (id: string, label: string, samples: number): string =>
    `${plainId(id)} ${label} ${samples}`;
  expect(traces.map((t) => name(t.stream, t.label, t.values.length))).toEqual(
    outputs.annotations.map((t) => name(t.id, t.label, t.samples)),
  );
  for (const [k, theirs] of outputs.annotations.entries()) {
    const ours = traces[k]!;
    expect(apart(ours.startNs, theirs.startNs)).toBeLessThanOrEqual(tolerance.sampleTimeNs);
    if (theirs.array === undefined) continue;
    let worst = 0;
    for (const [i, value] of goldenValues(theirs.array).entries()) {
      const own = ours.values[i];
      const same = own === null ? Number.isNaN(value) : Math.abs(own! - value);
      worst = Math.max(worst, typeof same === 'number' ? same : same ? 0 : Infinity);
    }
    expect(worst).toBeLessThanOrEqual(tolerance.probability);
  }
}

function expectPicks(ours: readonly WrittenPick[], c: GoldenCase): void {
  const { sampleTimeNs, pickValue } = c.tolerance;
  const missing = c.outputs.picks.filter(
    (golden) =>
      golden.robust &&
      !ours.some(
        (pick) =>
          pick.stream === plainId(golden.id) &&
          pick.phase === golden.phase &&
          apart(pick.startNs, golden.startNs) <= sampleTimeNs &&
          apart(pick.peakNs, golden.peakNs!) <= sampleTimeNs &&
          apart(pick.endNs, golden.endNs) <= sampleTimeNs &&
          Math.abs(pick.value - golden.value) <= pickValue,
      ),
  );
  expect(missing).toEqual([]);
  const robustOnly = c.outputs.picks.every(({ robust }) => robust);
  if (robustOnly) expect(ours.length).toBe(c.outputs.picks.length);
}

// The order of components is the model's and no setting; gpd-random's pack has other layers than SeisBench's GPD.
const possible = followedCases.filter(
  ({ params }) => params.settings['components'] === undefined && params.model !== 'gpd-random',
);
/** What is the same whatever the file is left to annotate.test.ts: batches, thresholds, most overlaps. */
const ALIKE = /batch|threshold|overlap-\d|detection|capital|unknown/;
const cases = possible.filter(({ id }) => !ALIKE.test(id));

describe.skipIf(cases.length === 0)(`onset annotate is SeisBench’s annotate${sharedNote}`, () => {
  test.each(cases.map((c) => [c.id, c] as const))('%s', async (_, c) => {
    if (c.outputs.annotations.length === 0) {
      const given = await annotated(c).catch((error: unknown) => error);
      const told = given instanceof Error ? given.message : (given as Written).traces;
      expect(told.length === 0 || /nothing to pick/.test(String(told))).toBe(true);
      return;
    }
    const written = (await annotated(c))!;
    expectCurves(written, c);
    expectPicks(written.picks, c);
  });
});
