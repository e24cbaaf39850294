import { messageOf } from '../base/appError.ts';
import { formatIso } from '../base/time.ts';
import type { ProjectChoice } from '../backend/createBackend.ts';
import type {
  Interval,
  LeftOut,
  LeftOutReason,
  Score,
  ScoreReport,
} from '../domain/evaluation/score.ts';
import {
  DEFAULT_TOLERANCE,
  parseTolerance,
  type Tolerance,
} from '../domain/evaluation/tolerance.ts';
import { print, printJson, say } from './output.ts';
import { type Session, withSession } from './session.ts';
import { textTable } from './table.ts';
import { whenIdle } from './whenIdle.ts';
import { type Command, EXIT, readArguments, readInteger, required, UsageError } from './usage.ts';

const help = `Usage: onset score --reference REFERENCE PICKS [options]

Scores picks against a reference. Both may be CSV, QuakeML, Snuffler markers, the JSON of onset scan --out or
onset picks --json, or a project (*.onset): as PICKS its newest run, as REFERENCE what an analyst has confirmed
or made. CSV needs the columns stream (NET.STA.LOC.CHA, or NET.STA.. for a station) or network and station;
timeNs (nanoseconds), time (ISO 8601) or timestamp (seconds since 1970); and phase.

A pick and a reference match when they are of one station and phase family (Pn and Pg are P) and no further
apart than the tolerance. Each is matched once: as many pairs as possible, and of all ways to have that many
the one with the smallest sum of |residual|. Residuals are pick − reference.

  --reference FILE  what is taken for true
  --tolerance TEXT  "p: 0.5, s: 0.5", or one number for both, in seconds (default: 0.5)
  --data PATH       waveforms, a file or folder; picks and references where they have no samples are left out.
                    May be repeated. For a project its own waveforms are used
  --run N           the run of the project to score, instead of its newest
  --test            scores the run of a project on what is locked for the test (onset tune --lock): once a set,
                    written down with the time; asked again that first score is printed. Without --test what
                    is locked is not read
  --json            {tolerance, all|P|S: {reference, picks, matched, missed, extra, recall, precision, f1,
                    ci: {recall, precision, f1}, residualS: {n, mean, std, mad, median}, note}, leftOut, and with --test: test:
                    {setHash, setName, at, first, warning}}; null where there is no such number; the intervals are of 95 %
`;

interface ScoreArguments {
  readonly reference: string;
  readonly picks: string;
  readonly tolerance: Tolerance;
  readonly data: readonly string[];
  readonly runId: number | undefined;
  readonly test: boolean;
}

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      {
        reference: { type: 'string' },
        tolerance: { type: 'string' },
        data: { type: 'string', multiple: true },
        run: { type: 'string' },
        test: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      { atLeast: 1, what: 'the picks to score' },
    );
    const [picks, another] = positionals;
    if (picks === undefined || another !== undefined) {
      throw new UsageError('name one file of picks; each is scored on its own');
    }
    const request: ScoreArguments = {
      reference: required(values.reference, 'reference'),
      picks,
      tolerance: values.tolerance === undefined ? DEFAULT_TOLERANCE : tolerance(values.tolerance),
      data: values.data ?? [],
      runId: values.run === undefined ? undefined : readInteger(values.run, 'run', 1, 2 ** 31),
      test: values.test,
    };
    if (values.test) return scoreTest(request, values.json);
    return withSession({ project: projectOf(request) }, async (session) => {
      const { report, warnings } = await score(session, request);
      for (const warning of warnings) say(warning);
      await (values.json ? printJson(report) : print(reportText(report)));
      return EXIT.done;
    });
  },
};

/** On the locked part of a project, once a set. */
function scoreTest(request: ScoreArguments, json: boolean): Promise<number> {
  const { picks: path, data } = request;
  if (!isProject(path)) throw new UsageError(`--test is of a project (*.onset), not of ${path}`);
  if (data.length > 0)
    throw new UsageError('--test is of the waveforms of the project; leave --data');
  return withSession({ project: { kind: 'file', path } }, async (session) => {
    const { client } = session;
    await whenIdle(client);
    const runs = await client.call('run.list', {});
    const newest = runs.findLast(({ state }) => state !== 'running');
    const runId = request.runId ?? newest?.id;
    if (runId === undefined) throw new UsageError(`${path} has no run to score`);
    const { look, first, leakText } = await client.call('tuning.testScore', {
      ...{ runId, tolerance: request.tolerance, withinData: true },
      reference: { kind: 'file', file: session.grant(request.reference) },
    });
    const at = formatIso(look.atNs, 0);
    const { setHash, setName, report } = look;
    const test = { setHash, setName, at, first, warning: leakText ?? null };
    say(first ? `Scored on what is locked for the test, written down at ${at}.` : `This set was scored there at ${at}; this is that score.`); // prettier-ignore
    if (leakText !== undefined) say(leakText);
    await (json ? printJson({ ...report, test }) : print(reportText(report)));
    return EXIT.done;
  });
}

function tolerance(text: string): Tolerance {
  try {
    return parseTolerance(text);
  } catch (error) {
    throw new UsageError(`--tolerance: ${messageOf(error)}`);
  }
}

const isProject = (path: string): boolean => /\.onset$/i.test(path);

/** The project whose waveforms say where there is data; with `--data` an empty one that takes them. */
function projectOf({ picks, reference, data }: ScoreArguments): ProjectChoice {
  const path = data.length > 0 ? undefined : [picks, reference].find(isProject);
  return path === undefined ? { kind: 'temporary' } : { kind: 'file', path };
}

async function score(session: Session, request: ScoreArguments) {
  const { client } = session;
  if (request.data.length > 0) {
    const files = request.data.map((path) => session.grant(path));
    await session.follow(() => client.call('source.add', { files }));
  } else {
    await whenIdle(client);
  }
  return client.call('evaluation.score', {
    reference: { kind: 'file', file: session.grant(request.reference) },
    picks: { kind: 'file', file: session.grant(request.picks), runId: request.runId },
    tolerance: request.tolerance,
    withinData: true,
  });
}

function reportText(report: ScoreReport): string {
  const header = [
    '',
    'reference',
    'picks',
    'matched',
    'missed',
    'extra',
    'recall',
    'precision',
    'F1',
  ];
  const residuals = ['residual mean', 'std', 'MAD', 'median'];
  const rows = (['all', 'P', 'S'] as const).map((name) => [name, ...cells(report[name])]);
  const numbers = new Set([...header.slice(1, 6), ...residuals]);
  const table = textTable([...header, ...residuals, 'note'], rows, numbers);
  const { P, S } = report.tolerance;
  const words = [
    `Tolerance P ${P} s, S ${S} s; intervals of 95 %; residuals are pick − reference in seconds.`,
    ...leftOutText('references', report.leftOut.reference),
    ...leftOutText('picks', report.leftOut.picks),
  ];
  return `${table}${words.map((line) => `${line}\n`).join('')}`;
}

function cells(score: Score): string[] {
  const { reference, picks, matched, missed, extra, ci, residualS } = score;
  const seconds = (value: number | null): string => value?.toFixed(3) ?? '–';
  return [
    ...[reference, picks, matched, missed, extra].map(String),
    rateText(score.recall, ci.recall),
    rateText(score.precision, ci.precision),
    rateText(score.f1, ci.f1),
    ...[residualS.mean, residualS.std, residualS.mad, residualS.median].map(seconds),
    score.note ?? '',
  ];
}

function rateText(value: number | null, interval: Interval | null): string {
  if (value === null) return '–';
  const range = interval ? ` [${interval.map((bound) => bound.toFixed(2)).join(', ')}]` : '';
  return `${value.toFixed(3)}${range}`;
}

const REASONS = {
  rejected: 'rejected by an analyst',
  notReviewed: 'not reviewed yet',
  otherPhase: 'neither P nor S',
  outsideSpan: 'outside the span or the stations of the run',
  outsideData: 'where there are no waveforms',
  unreadable: 'no picks',
} as const satisfies Record<LeftOutReason, string>;
const REASON_NAMES: readonly LeftOutReason[] = [
  ...(['rejected', 'notReviewed', 'otherPhase'] as const),
  ...(['outsideSpan', 'outsideData', 'unreadable'] as const),
];

function leftOutText(what: string, leftOut: LeftOut): string[] {
  const reasons = REASON_NAMES.filter((reason) => leftOut[reason] > 0).map(
    (reason) => `${leftOut[reason]} ${REASONS[reason]}`,
  );
  return reasons.length > 0 ? [`Left out of the ${what}: ${reasons.join(', ')}.`] : [];
}
