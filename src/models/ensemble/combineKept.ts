// The common curve of an ensemble, made anew of what is kept of its members.

import type { EpochNs } from '../../base/time.ts';
import { CurveKeeper } from '../keptCurves/curveKeeper.ts';
import { joinParts, type KeptPart } from '../keptCurves/keptPart.ts';
import { SparseBuilder } from '../keptCurves/sparseBuilder.ts';
import type { KeepLevels } from '../pickRules/reach.ts';
import {
  pieceCount,
  pieceFrom,
  pieceTo,
  type SparseCurve,
  valuesBetween,
} from '../pickRules/sparseCurve.ts';
import { combineMembers, halfWindow, type MemberRule } from './combineMembers.ts';
import { readMemberLabel } from './memberKeeper.ts';

/** What is kept of the members over one stretch of data, of one label. */
export interface KeptMembers {
  readonly label: string;
  readonly stretchStartNs: EpochNs;
  readonly sampleRateHz: number;
  readonly to: number;
  readonly levels: KeepLevels;
  /** By member; undefined where it does not have the label. */
  readonly curves: readonly (SparseCurve | undefined)[];
}

/** Parts as the members' file holds them. */
export function keptMembers(parts: readonly KeptPart[]): KeptMembers[] {
  const groups = Map.groupBy(parts, ({ label, stretchStartNs, sampleRateHz }) => {
    return `${stretchStartNs} ${sampleRateHz} ${readMemberLabel(label)?.label}`;
  });
  return [...groups.values()].flatMap((group): KeptMembers[] => {
    const [first] = group;
    const label = first && readMemberLabel(first.label)?.label;
    if (first === undefined || label === undefined) return [];
    const { stretchStartNs, sampleRateHz } = first;
    const curves: (SparseCurve | undefined)[] = [];
    for (const own of Map.groupBy(group, (part) => part.label).values()) {
      const member = readMemberLabel(own[0]?.label ?? '')?.member;
      if (member !== undefined) curves[member] = joinParts(own);
    }
    const to = Math.max(...group.map((part) => part.to));
    const levels = {
      floor: Math.max(...group.map((part) => part.levels.floor)),
      tail: Math.max(...group.map((part) => part.levels.tail)),
    };
    // Places that no member has are holes of the list.
    const listed = Array.from(curves, (curve) => curve);
    return [{ label, stretchStartNs, sampleRateHz, to, levels, curves: listed }];
  });
}

/**
 * The common curve by a rule and weights, kept as a run that was made with them keeps it: bit by bit the same.
 */
export function combineKept(members: KeptMembers, how: MemberRule): KeptPart {
  const { label, stretchStartNs, sampleRateHz, to, levels, curves } = members;
  const builder = new SparseBuilder();
  const around = halfWindow(how.rule, sampleRateHz);
  for (const [from, end] of spansOf(curves)) {
    const rows = curves.map((curve) => curve && valuesBetween(curve, from - around, end + around));
    const firstSample = from - around;
    const common = combineMembers(how, rows, { sampleRateHz, firstSample });
    if (common === undefined) continue;
    const start = { to: from, open: false, reached: false, waiting: new Float32Array(0) };
    const keeper = new CurveKeeper(levels, builder, start);
    keeper.push(Float32Array.from(common.subarray(around, around + end - from)));
    keeper.end();
  }
  const curve = builder.toSparse(to);
  return { label, stretchStartNs, sampleRateHz, from: 0, to, levels, curve };
}

/** Where any of them holds something; a member that had no data for an hour is not there in it. */
function spansOf(curves: KeptMembers['curves']): [from: number, to: number][] {
  const all = curves.flatMap((curve) =>
    Array.from({ length: curve ? pieceCount(curve) : 0 }, (_, piece): [number, number] => {
      return curve ? [pieceFrom(curve, piece), pieceTo(curve, piece)] : [0, 0];
    }),
  );
  all.sort(([a], [b]) => a - b);
  const spans: [number, number][] = [];
  for (const [from, to] of all) {
    const last = spans.at(-1);
    if (last === undefined || from > last[1]) spans.push([from, to]);
    else last[1] = Math.max(last[1], to);
  }
  return spans;
}

/** How many members reach their threshold of the label within so many samples of a pick. */
export function agreeing(
  { label, curves }: KeptMembers,
  thresholds: readonly (Readonly<Record<string, number>> | undefined)[],
  sample: number,
  reachSamples: number,
): number {
  let count = 0;
  for (const [member, curve] of curves.entries()) {
    const threshold = thresholds[member]?.[label];
    if (curve === undefined || threshold === undefined) continue;
    const values = valuesBetween(curve, sample - reachSamples, sample + reachSamples + 1);
    if (values.some((value) => value >= threshold)) count += 1;
  }
  return count;
}
