import { describe, expect, test } from 'vitest';
import { addSeconds, type EpochNs, epochNs } from '../../base/time.ts';
import { ENSEMBLE_RULES, type EnsembleRule } from '../../domain/event/ensemble.ts';
import { sampleTime } from '../../domain/waveform/traceSegment.ts';
import type { CurveBlock } from '../keptCurves/sensorPicker.ts';
import { combineCurves } from './combine.ts';
import { type CombinedBlock, EnsembleStream } from './ensembleStream.ts';
import { alignMembers } from './members.ts';
import { ELEP_SEMBLANCE, semblanceCurve } from './semblance.ts';

const T0 = epochNs(1_700_000_000_000_000_000n);
const at = (seconds: number): EpochNs => addSeconds(T0, seconds);

interface Piece {
  readonly member: number;
  readonly startS: number;
  readonly endS: number;
  readonly rateHz: number;
}

/** Three members: one off the grid of the first, one slower; the second has a gap the others do not have. */
const PIECES: readonly Piece[] = [
  { member: 0, startS: 0, endS: 100, rateHz: 100 },
  { member: 1, startS: 3.003, endS: 40, rateHz: 100 },
  { member: 1, startS: 55.007, endS: 100, rateHz: 100 },
  { member: 2, startS: 1.5, endS: 90, rateHz: 40 },
  // All of them after a gap.
  { member: 0, startS: 130, endS: 180, rateHz: 100 },
  { member: 2, startS: 131, endS: 180, rateHz: 40 },
];

function wholeOf({ member, startS, endS, rateHz }: Piece): CurveBlock {
  let state = member + 3 + Math.round(startS);
  const random = (): number => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return (state / 2 ** 31) ** 4;
  };
  const length = Math.round((endS - startS) * rateHz);
  const curves = {
    P: Float32Array.from({ length }, random),
    ...(member !== 2 && { S: Float32Array.from({ length }, random) }),
  };
  return { startNs: at(startS), sampleRateHz: rateHz, curves, warnings: [`member ${member}`] };
}

/** What of a piece lies before a time, from where the last part ended. */
function part(whole: CurveBlock, fromS: number, toS: number): CurveBlock | undefined {
  const { startNs, sampleRateHz, curves } = whole;
  const index = (s: number): number => {
    const i = Math.ceil((Number(at(s) - startNs) / 1e9) * sampleRateHz - 1e-6);
    return Math.min(Object.values(curves)[0]!.length, Math.max(0, i));
  };
  const [from, to] = [index(fromS), index(toS)];
  if (from >= to) return undefined;
  return {
    ...whole,
    startNs: sampleTime(startNs, from, sampleRateHz),
    curves: Object.fromEntries(
      Object.entries(curves).map(([label, values]) => [label, values.subarray(from, to)]),
    ),
  };
}

function run(rule: EnsembleRule | 'first', cutsS: readonly number[]): CombinedBlock[] {
  const stream = new EnsembleStream({ rule }, 3, ['P', 'S']);
  const blocks: CombinedBlock[] = [];
  let fromS = -1;
  for (const toS of [...cutsS, 1000]) {
    for (const piece of PIECES) {
      const block = part(wholeOf(piece), fromS, toS);
      if (block) stream.add(piece.member, block);
    }
    blocks.push(...(toS === 1000 ? stream.take() : stream.take(at(toS))));
    fromS = toS;
  }
  return blocks;
}

/** Samples of a label by time, in order; blocks that follow one another are one. */
function flat(blocks: readonly CombinedBlock[], label: string): [bigint, number][] {
  return blocks.flatMap(({ startNs, sampleRateHz, curves }) =>
    [...(curves[label] ?? [])].map((value, i): [bigint, number] => [
      sampleTime(startNs, i, sampleRateHz),
      value,
    ]),
  );
}

describe.each([...ENSEMBLE_RULES, 'first'] as const)('%s', (rule) => {
  test('how the curves are cut into blocks makes no difference', () => {
    const whole = run(rule, []);
    expect(whole).toHaveLength(2);
    const cut = run(rule, [7, 12.345, 12.5, 39.995, 40.2, 56, 99.999, 100.01, 131, 150]);
    expect(cut.length).toBeGreaterThan(8);
    for (const label of ['P', 'S']) {
      const [a, b] = [flat(whole, label), flat(cut, label)];
      expect(b.map(([time]) => time)).toEqual(a.map(([time]) => time));
      expect(b.map(([, value]) => value)).toEqual(a.map(([, value]) => value));
    }
  });
});

test('the first member is passed on as it is, whatever the others say', () => {
  const first = flat(run('first', [20, 60]), 'P').map(([, value]) => value);
  const own = [PIECES[0]!, PIECES[4]!].flatMap((piece) => [...wholeOf(piece).curves.P!]);
  expect(first).toEqual(own);
});

test.each(['mean', 'semblance'] as const)('%s is that of the aligned whole curves', (rule) => {
  const [block] = run(rule, [33, 77]);
  const [, ...rest] = PIECES.slice(4);
  expect(rest).toHaveLength(1);
  const pieces = PIECES.slice(4).map(wholeOf);
  const aligned = alignMembers(pieces.map((each) => ({ ...each, values: each.curves.P! })));
  const expected =
    rule === 'mean'
      ? combineCurves(aligned.curves, { kind: 'mean' })
      : semblanceCurve(aligned.curves, ELEP_SEMBLANCE);
  const late = flat(run(rule, [33, 77, 144.4]), 'P').filter(([time]) => time >= at(130));
  expect(late[0]![0]).toBe(aligned.startNs);
  const actual = late.map(([, value]) => value);
  expect(actual).toHaveLength(expected.length);
  const apart = actual.map((value, i) => Math.abs(value - expected[i]!));
  expect(Math.max(...apart)).toBeLessThan(1e-6);
  expect(block!.warnings).toEqual(['member 0', 'member 1', 'member 2']);
});

test('each member is there on the common axis, NaN where it has nothing', () => {
  const blocks = run('max', []);
  const rows = blocks[0]!.members.P!;
  expect(rows.map((row) => row?.length)).toEqual([10_000, 10_000, 10_000]);
  expect(Number.isNaN(rows[1]![4500])).toBe(true);
  expect(rows[1]![6000]).toBeGreaterThanOrEqual(0);
  expect(blocks[0]!.members.S!.map((row) => row?.length)).toEqual([10_000, 10_000, undefined]);
  expect(blocks[1]!.members.S!.map((row) => row?.length)).toEqual([5000, undefined, undefined]);
});
