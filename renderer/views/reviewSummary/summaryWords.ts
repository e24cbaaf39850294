// The summary of a review as charts, words and a table for other programs.

import type {
  ConfusionGroup,
  PhaseConfusion,
  ReviewedThreshold,
  ReviewSummary,
} from '../../../src/domain/evaluation/reviewSummary.ts';
import type { ScoredPhase } from '../../../src/domain/evaluation/tolerance.ts';
import type { ChartSpec } from '../../canvas/chart/chart.ts';
import { count, counted, probability, signed } from '../words.ts';

export const COLUMNS = [
  ['found', 'found', 'Picks the machine made'],
  ['accepted', 'accepted', 'As they were, or moved by no more than two hundredths of a second'],
  ['moved', 'moved', 'Their time was changed'],
  ['relabelled', 'other phase', 'Their phase was changed to another family'],
  ['rejected', 'rejected', 'Rejected or removed'],
  ['deferred', 'deferred', 'Put off'],
  ['waiting', 'waiting', 'Not decided yet'],
  ['added', 'added', 'The analyst’s picks that the machine did not make'],
] as const satisfies readonly (readonly [keyof PhaseConfusion, string, string])[];

const TOKENS: Readonly<Record<ScoredPhase, string>> = { P: '--phase-p', S: '--phase-s' };

/** What a group's runs and set are called on the page. */
export interface GroupNames {
  /** `run 3: phasenet, strict 2` */
  run(runId: number): string | undefined;
  /** Of the hash of a set. */
  set(hash: string): string | undefined;
}

/** `run 3: phasenet`, `set strict 2 · 12ab34cd`. */
export function groupName({ kind, name, runIds }: ConfusionGroup, names: GroupNames): string {
  if (kind === 'set') {
    const known = names.set(name);
    return `set ${known === undefined ? '' : `${known} · `}${name.slice(0, 8)}`;
  }
  if (kind === 'run') return names.run(runIds[0] ?? 0) ?? name;
  return kind === 'model' ? `model ${name}` : name;
}

/** A model or set with one run is that run: it is shown once. */
export function shownGroups({ groups }: ReviewSummary): readonly ConfusionGroup[] {
  return groups.filter(({ kind, runIds }) => kind === 'run' || runIds.length > 1);
}

/** How far the analyst moved the machine's picks, by bins of equal width. */
export function movesChart({ phase, histogram }: PhaseConfusion): ChartSpec {
  const { edgesS, counts } = histogram;
  const [from = -0.1, width = 0.01] = [edgesS[0], (edgesS[1] ?? 0) - (edgesS[0] ?? 0)];
  const reach = -from;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const decimals = reach < 0.2 ? 3 : 2;
  return {
    title: `${phase} picks that were moved`,
    x: { words: 'analyst − machine, s', min: -reach, max: reach, splits: [-reach, -reach / 2, 0, reach / 2, reach], format: (v) => signed(v, decimals) }, // prettier-ignore
    y: { words: 'picks', min: 0, max: most, splits: most > 1 ? [0, most] : [0, 1], format: String },
    series: [{ name: phase, kind: 'bars', token: TOKENS[phase], x: counts.map((_, k) => from + (k + 0.5) * width), y: counts }], // prettier-ignore
    barWidth: width,
  };
}

export function movesWords({ phase, movedS, moved }: PhaseConfusion): string {
  if (moved === 0 || movedS.median === null) return `no ${phase} pick was moved`;
  return `${counted(moved, `${phase} pick`)} moved, by ${signed(movedS.median, 3)} s in the median, MAD ${(movedS.mad ?? 0).toFixed(3)} s`;
}

/** What the suggestion would have changed, in a sentence. */
export function changedWords({ changed, suggested, inForce, note }: ReviewedThreshold): string {
  if (suggested === null || !changed) return note ?? 'nothing to suggest';
  // Decisions say nothing of what lies below the threshold that was in force.
  if (inForce !== undefined && suggested <= inForce) return 'no higher than it was; see in Tune what lower ones add'; // prettier-ignore
  if (changed.spared.length + changed.missed.length === 0) {
    return `nothing: no pick decided lies below it; ${count(changed.stillWrong)} wrong at or above`;
  }
  const parts = [
    `${counted(changed.spared.length, 'wrong pick')} would not have been there`,
    changed.missed.length === 0 ? 'none missed' : `${counted(changed.missed.length, 'right pick')} missed`, // prettier-ignore
    ...(changed.stillWrong > 0 ? [`${count(changed.stillWrong)} wrong left`] : []),
  ];
  return parts.join(', ');
}

export function thresholdText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : probability(value);
}

const quoted = (value: string | number | null | undefined): string => {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Every table of the summary, one row a group or threshold, as CSV. */
export function summaryCsv(
  summary: ReviewSummary,
  setName: GroupNames['set'] = () => undefined,
): string {
  const head = ['kind', 'name', 'runs', 'phase', ...COLUMNS.map(([key]) => key)];
  const more = ['moved_median_s', 'moved_mad_s', 'threshold', 'suggested', 'f1', 'spared', 'missed', 'note', 'set_name']; // prettier-ignore
  const thresholds = new Map(
    summary.thresholds.map((each) => [`${each.station ?? ''} ${each.phase}`, each]),
  );
  const rows = [...summary.groups, ...summary.stations].flatMap((group) =>
    group.phases.map((phase) => {
      const isRun = group.kind === 'run' && group.runIds[0] === summary.runId;
      const station = group.kind === 'station' ? group.name : isRun ? '' : undefined;
      const own = station === undefined ? undefined : thresholds.get(`${station} ${phase.phase}`);
      return [
        ...[group.kind, group.name, group.runIds.join(' '), phase.phase],
        ...COLUMNS.map(([key]) => phase[key]),
        ...[phase.movedS.median, phase.movedS.mad, own?.inForce, own?.suggested],
        ...[own?.score.f1, own?.changed?.spared.length, own?.changed?.missed.length, own?.note],
        group.kind === 'set' ? setName(group.name) : undefined,
      ];
    }),
  );
  return [[...head, ...more], ...rows].map((row) => row.map(quoted).join(',')).join('\n') + '\n';
}
