import { readFile } from 'node:fs/promises';
import { AppError, messageOf } from '../base/appError.ts';
import type { SweepGoal, SweepReport } from '../domain/evaluation/sweepReport.ts';
import { parseSweep } from '../domain/evaluation/sweep.ts';
import {
  DEFAULT_TOLERANCE,
  parseTolerance,
  type Tolerance,
} from '../domain/evaluation/tolerance.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import { changeLock, LOCK_HELP, LOCK_OPTIONS, type LockRequest, readLock } from './lockOptions.ts';
import { printJson, say } from './output.ts';
import { chooseModel } from './runOptions.ts';
import { type Session, withSession } from './session.ts';
import { pointWords, tableCsv, tuneJson } from './tuneTable.ts';
import { type Command, EXIT, readArguments, readInteger, required, UsageError } from './usage.ts';
import { whenIdle } from './whenIdle.ts';
import { writeOut } from './writeOut.ts';

const help = `Usage: onset tune --project FILE --reference REFERENCE --sweep SWEEP.json --out TABLE.csv [options]
       onset tune --project FILE [--lock FROM/TO]... [--lock-stations A,B] [--unlock]

Tries parameters of a run and scores each set of them against a reference. Thresholds and the values of the
pick rule are tried on the probabilities that the run has kept, without the network; for other parameters the
network is run once for each combination of them. What is locked for the test in the project is not read;
onset score --test scores a run there. Without --sweep only the lock is changed.

SWEEP.json: {"method": "grid"|"random"|"bayes", "n": 50, "seed": 1,
             "parameters": {"P": {"from": 0.1, "to": 0.9, "step": 0.1}, "stacking": ["avg", "max"]}}
A parameter is a label of the model (its threshold) or a setting of the run, such as overlap or
pickRule.minimumDistanceSamples; filter takes bands in Hz: ["none", "2-20", "1-"].
Of an ensemble ensemble.rule (mean, max, median, noisy-or, semblance), ensemble.leastAgreeing and
ensemble.weights.0 for its first member are tried without the network too.

  --project FILE    the project (*.onset) with the waveforms
  --reference FILE  what is taken for true: CSV, QuakeML, markers, JSON of onset scan, or a project, of which
                    it is what an analyst has confirmed or made (the same project too)
  --sweep FILE      what to try
  --out FILE        the table: one row a set with parameters, scores of P, S and all with intervals of 95 %,
                    false picks per hour and the hash of the set
  --run N           the run to tune (default: the newest; without any, the first model is run first)
  --model ID        the model that is run when the project has no run
  --tolerance TEXT  "p: 0.5, s: 0.5", or one number for both, in seconds (default: 0.5)
  --goal WORD       whose F1 is sought to be large: all, P or S (default: all)
  --best FILE       writes the set with the largest F1; onset scan --set FILE runs it
${LOCK_HELP}  --allow-test-model  run a model that is for tests only or has random weights
  --json            print everything as JSON: rows, front, suggested thresholds

Interrupted, it writes what was tried. Exit code 1: interrupted, or no set could be scored.
`;

interface TuneArguments {
  readonly project: string;
  readonly reference: string;
  readonly sweep: unknown;
  readonly out: string;
  readonly runId: number | undefined;
  readonly model: string | undefined;
  readonly tolerance: Tolerance;
  readonly goal: SweepGoal;
  readonly best: string | undefined;
  readonly allowTestModel: boolean;
  readonly json: boolean;
  readonly lock: LockRequest | undefined;
}

export const command: Command = {
  help,
  async run(args) {
    const { values } = readArguments(
      args,
      {
        project: { type: 'string' },
        reference: { type: 'string' },
        sweep: { type: 'string' },
        out: { type: 'string' },
        run: { type: 'string' },
        model: { type: 'string' },
        tolerance: { type: 'string' },
        goal: { type: 'string', default: 'all' },
        best: { type: 'string' },
        'allow-test-model': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        ...LOCK_OPTIONS,
      },
      undefined,
    );
    const lock = readLock(values);
    if (lock && values.sweep === undefined)
      return lockOnly(required(values.project, 'project'), lock);
    const request: TuneArguments = {
      lock,
      project: required(values.project, 'project'),
      reference: required(values.reference, 'reference'),
      sweep: await readSweep(required(values.sweep, 'sweep')),
      out: required(values.out, 'out'),
      runId: values.run === undefined ? undefined : readInteger(values.run, 'run', 1, 2 ** 31),
      model: values.model,
      tolerance: values.tolerance === undefined ? DEFAULT_TOLERANCE : tolerance(values.tolerance),
      goal: goal(values.goal),
      best: values.best,
      allowTestModel: values['allow-test-model'],
      json: values.json,
    };
    const project = { kind: 'file', path: request.project } as const;
    return withSession({ project, exclusive: true }, (session) => tune(session, request));
  },
};

function lockOnly(path: string, lock: LockRequest): Promise<number> {
  return withSession({ project: { kind: 'file', path }, exclusive: true }, async (session) => {
    await changeLock(session, lock);
    return EXIT.done;
  });
}

/** Read before anything is opened, so that a slip costs nothing. */
async function readSweep(path: string): Promise<unknown> {
  let sweep: unknown;
  try {
    sweep = JSON.parse(await readFile(path, 'utf8'));
    parseSweep(sweep);
  } catch (error) {
    throw new UsageError(`${path}: ${messageOf(error)}`);
  }
  return sweep;
}

function tolerance(text: string): Tolerance {
  try {
    return parseTolerance(text);
  } catch (error) {
    throw new UsageError(`--tolerance: ${messageOf(error)}`);
  }
}

function goal(text: string): SweepGoal {
  const known = (['all', 'P', 'S'] as const).find(
    (each) => each.toLowerCase() === text.toLowerCase(),
  );
  if (known) return known;
  throw new UsageError(`--goal must be all, P or S, not "${text}"`);
}

async function tune(session: Session, request: TuneArguments): Promise<number> {
  const { client } = session;
  await whenIdle(client);
  if (request.lock) await changeLock(session, request.lock);
  const run = await chooseRun(session, request);
  let jobId = '';
  const job = await session.follow(async () => {
    const started = await client.call('tuning.sweep', {
      ...{ runId: run.id, sweep: request.sweep, tolerance: request.tolerance },
      ...{ goal: request.goal, withinData: true, allowTestModel: request.allowTestModel },
      reference: { kind: 'file', file: session.grant(request.reference) },
    });
    jobId = started.jobId;
    return started;
  });
  const cancelled = job.state === 'cancelled';
  const report = await wholeReport(session, jobId);
  for (const warning of report.warnings) say(warning);
  if (report.leakText !== undefined) say(report.leakText);
  await writeOut(request.out, tableCsv(report));
  await writeBest(session, request, report);
  if (request.json) await printJson(tuneJson(report, cancelled));
  say(summary(report, cancelled));
  return cancelled || report.best === undefined ? EXIT.failedInPart : EXIT.done;
}

/** The run that is named, else the newest, else a first one. */
async function chooseRun(
  session: Session,
  { runId, model, allowTestModel, project }: TuneArguments,
): Promise<ModelRun> {
  const { client } = session;
  const runs = await client.call('run.list', {});
  const ended = runs.filter(({ state }) => state !== 'running');
  const chosen = runId === undefined ? ended.at(-1) : ended.find(({ id }) => id === runId);
  if (chosen) return chosen;
  if (runId !== undefined) {
    const known = ended.map(({ id, modelId }) => `${id} (${modelId})`).join(', ');
    throw new UsageError(`${project} has no run ${runId}; it has ${known || 'none'}`);
  }
  const { modelId, folder } = await chooseModel(session, model);
  say(`${project} has no run yet; ${modelId} is run first`);
  let id = 0;
  await session.follow(async () => {
    const started = await client.call('model.run', {
      ...{ modelId, streamKeys: undefined, window: undefined, settings: undefined, allowTestModel },
      ...(folder !== undefined && { folder }),
    });
    id = started.runId;
    return started;
  });
  const made = (await client.call('run.list', {})).find((run) => run.id === id);
  if (made?.state === 'done') return made;
  throw new AppError('cancelled', `the run of ${modelId} did not end; there is nothing to tune`);
}

/** All pages as one. */
async function wholeReport({ client }: Session, jobId: string): Promise<SweepReport> {
  const first = await client.call('tuning.sweepReport', { jobId });
  const rows = [...first.rows];
  while (rows.length < first.total) {
    const page = await client.call('tuning.sweepReport', { jobId, offset: rows.length });
    if (page.rows.length === 0) break;
    rows.push(...page.rows);
  }
  return { ...first, rows };
}

async function writeBest(
  session: Session,
  { best: path, project, reference }: TuneArguments,
  { best, rows, runId }: SweepReport,
): Promise<void> {
  const row = best === undefined ? undefined : rows[best];
  if (path === undefined || row === undefined) return;
  await session.client.call('set.export', {
    set: { kind: 'run', runId, changes: { point: row.point } },
    target: session.grant(path),
    name: 'best of a sweep',
    note: `F1 ${row.value?.toFixed(3) ?? '–'} of ${rows.length} sets, project ${project}, reference ${reference}`,
  });
}

function summary({ best, rows, planned, goal: of }: SweepReport, cancelled: boolean): string {
  const tried = cancelled
    ? `Stopped after ${rows.length} of ${planned} sets`
    : `${rows.length} sets`;
  const row = best === undefined ? undefined : rows[best];
  if (row === undefined) return `${tried}; none could be scored`;
  const phase = of === 'all' ? '' : ` of ${of}`;
  return `${tried}; the best F1${phase} is ${row.value?.toFixed(3) ?? '–'} with ${pointWords(row.point)}`;
}
