import { messageOf } from '../base/appError.ts';
import { formatIso } from '../base/time.ts';
import type { ProjectChoice } from '../backend/createBackend.ts';
import {
  DEFAULT_TOLERANCE,
  parseTolerance,
  type Tolerance,
} from '../domain/evaluation/tolerance.ts';
import { readFiles } from './addWaveforms.ts';
import { print, printJson, say } from './output.ts';
import { type Session, withSession } from './session.ts';
import { partName, partText, reportText } from './scoreText.ts';
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
  --by PART         station, hour, distance (km, where the reference says it) or snr: the score of each part too.
                    SNR is the rms of the 1 s after the onset over that of the 2 s before it, both about the mean
                    of the noise; of P on the vertical, of S on the stronger horizontal. May be repeated
  --json            {tolerance, all|P|S: {reference, picks, matched, missed, extra, recall, precision, f1,
                    ci: {recall, precision, f1}, residualS: {n, mean, std, mad, median}, note}, leftOut,
                    byStation, byHour, byDistance, bySnr: lists of parts with their score, and with --test: test: {setHash,
                    setName, at, first, warning}}; null where there is no such number; the intervals are of 95 %
`;

interface ScoreArguments {
  readonly reference: string;
  readonly picks: string;
  readonly tolerance: Tolerance;
  readonly data: readonly string[];
  readonly runId: number | undefined;
  readonly test: boolean;
  /** Whether it is wanted by parts. */
  readonly parts: boolean;
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
        by: { type: 'string', multiple: true },
        json: { type: 'boolean', default: false },
      },
      { atLeast: 1, what: 'the picks to score' },
    );
    const [picks, another] = positionals;
    if (picks === undefined || another !== undefined) {
      throw new UsageError('name one file of picks; each is scored on its own');
    }
    const by = (values.by ?? []).map(partName);
    const request: ScoreArguments = {
      reference: required(values.reference, 'reference'),
      picks,
      tolerance: values.tolerance === undefined ? DEFAULT_TOLERANCE : tolerance(values.tolerance),
      data: values.data ?? [],
      runId: values.run === undefined ? undefined : readInteger(values.run, 'run', 1, 2 ** 31),
      test: values.test,
      parts: values.json || by.length > 0,
    };
    if (values.test) return scoreTest(request, values.json);
    return withSession({ project: projectOf(request) }, async (session) => {
      const { report, warnings } = await score(session, request);
      for (const warning of warnings) say(warning);
      const text = () => [reportText(report), ...by.map((part) => partText(report, part))];
      await (values.json ? printJson(report) : print(text().join('\n')));
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
    await readFiles(session, files);
  } else {
    await whenIdle(client);
  }
  return client.call('evaluation.score', {
    reference: { kind: 'file', file: session.grant(request.reference) },
    picks: { kind: 'file', file: session.grant(request.picks), runId: request.runId },
    tolerance: request.tolerance,
    withinData: true,
    parts: request.parts,
  });
}
