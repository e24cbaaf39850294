import { extname } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { Client } from '../contract/rpc.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { Pick } from '../domain/event/pick.ts';
import { addWaveforms, type Part } from './addWaveforms.ts';
import { allPicks, pickRecords } from './allPicks.ts';
import {
  ENSEMBLE_HELP,
  ENSEMBLE_OPTIONS,
  type EnsembleValues,
  readEnsemble,
} from './ensembleOptions.ts';
import { counted, jsonText, print, say } from './output.ts';
import {
  chooseMembers,
  estimateMembers,
  type Member,
  type MembersRequest,
  prepareMembers,
  runMembers,
} from './runMembers.ts';
import { checkScatterFile, writeScatter } from './scatterFile.ts';
import { readRunOptions, RUN_HELP, RUN_OPTIONS, type RunOptionValues } from './runOptions.ts';
import { runSetFile } from './scanSet.ts';
import { keptIn, type Session, withSession } from './session.ts';
import { readSetFile } from './set/showSets.ts';
import {
  checkOutFile,
  type Command,
  EXIT,
  readArguments,
  readWorkers,
  UsageError,
} from './usage.ts';
import { whenIdle } from './whenIdle.ts';
import { writeOut } from './writeOut.ts';

const help = `Usage: onset scan PATH… [options]
       onset scan --set SET.json PATH… [options]

Lets a model pick waveform files, or all of them in folders. Without --project and --out the picks are
printed as CSV. Refused while another Onset holds the project; what else the project holds is not picked.

  --project FILE      keep waveforms, run and picks in this project (*.onset); made when there is none
${RUN_HELP}${ENSEMBLE_HELP}  --estimate          print windows, seconds and megabytes as JSON and run nothing
  --workers N         threads that decode and run the model (default: one for each core)
  --set FILE          run a parameter set again: its models, settings, stations and span. Says why picks may differ
                      from those it was made for; exit code 2 where one of its models is missing. Without PATH
                      over what the project holds
  --out FILE          write the picks: .csv, .json ({picks, run, skipped}) or .xml (QuakeML)
  --format WORD       csv, json, quakeml, or the tables of other programs: phasenet (CSV with amplitudes), gpd
                      (NET STA PHASE time), eqtransformer (CSV of events, of runs with its preset original);
                      default: by the ending of --out, csv on stdout
`;

interface ScanRequest {
  readonly paths: readonly string[];
  readonly members: MembersRequest;
  readonly estimate: boolean;
  readonly scatter: string | undefined;
  readonly set: string | undefined;
  readonly out: string | undefined;
  readonly format: PickFormat;
  readonly toStdout: boolean;
}

const FORMATS = ['csv', 'json', 'quakeml', 'phasenet', 'gpd', 'eqtransformer'] as const;
type PickFormat = (typeof FORMATS)[number];
const OUT_FORMATS = { '.csv': 'csv', '.json': 'json', '.xml': 'quakeml' } as const;

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      {
        project: { type: 'string' },
        ...RUN_OPTIONS,
        ...ENSEMBLE_OPTIONS,
        model: { type: 'string', multiple: true },
        estimate: { type: 'boolean' },
        scatter: { type: 'string' },
        workers: { type: 'string' },
        set: { type: 'string' },
        out: { type: 'string' },
        format: { type: 'string' },
      },
      { atLeast: 0, what: 'waveform files or folders' },
    );
    const { project, out, set, scatter } = values;
    if (out !== undefined) checkOutFile(out);
    if (scatter !== undefined) checkScatterFile(scatter);
    checkPaths(positionals, set, project);
    refuseIdle(values);
    if (set !== undefined) {
      refuseRunOptions(values);
      await readSetFile(set);
    }
    const request: ScanRequest = {
      paths: positionals,
      members: membersOf(values),
      ...{ estimate: values.estimate === true, scatter: values.scatter },
      set,
      out,
      format: formatOf(values.format, out),
      toStdout: out === undefined && (project === undefined || values.format !== undefined),
    };
    return withSession(
      {
        project: keptIn(project),
        exclusive: true,
        workers: readWorkers(values.workers),
      },
      (session) => scan(session, request),
    );
  },
};

async function scan(session: Session, request: ScanRequest): Promise<number> {
  const { client } = session;
  const choosing = membersFor(session, request);
  // A model that is not there is told after files that are not.
  choosing.catch(() => undefined);
  const { unreadable, part } = await waveforms(session, request);
  const members = await choosing;
  if (request.estimate) {
    await estimateMembers(session, request.members, members, part);
    return unreadable > 0 ? EXIT.failedInPart : EXIT.done;
  }
  const { runs, cancelled } = await runAsked(session, request, members, part);
  const picks: Pick[] = [];
  for (const { id, skipped, notes } of runs) {
    for (const { stream, reason } of skipped) say(`${stream} was not picked: ${reason}`);
    for (const { stream, reason } of notes) say(`${stream}: ${reason}`);
    picks.push(...(await allPicks(client, { runId: id })));
  }
  const run = runs.at(-1);
  if (run === undefined) throw new AppError('bug', 'a set without models was run');
  const table = { format: request.format, run, picks };
  if (request.out !== undefined) await writePicks(session, request.out, table);
  else if (request.toStdout) await print(await rendered(client, table));
  if (request.scatter !== undefined) await writeScatter(client, request.scatter, run.id, picks);
  say(
    cancelled
      ? `Stopped; ${counted(picks.length, 'pick')} of the stations that were done are kept`
      : `${counted(picks.length, 'pick')} by ${runs.map(({ modelId }) => modelId).join(', ')}`,
  );
  const failed = runs.some(({ skipped }) => skipped.some((each) => each.failed));
  return unreadable > 0 || cancelled || failed ? EXIT.failedInPart : EXIT.done;
}

/** A set may be run over what a project holds already. */
async function waveforms(session: Session, { paths, out, scatter }: ScanRequest) {
  if (paths.length > 0) return addWaveforms(session, paths, [out, scatter]);
  await whenIdle(session.client);
  return { unreadable: 0, part: { streamKeys: undefined, window: undefined } };
}

function checkPaths(
  paths: readonly string[],
  set: string | undefined,
  project: string | undefined,
): void {
  if (paths.length > 0 || (set !== undefined && project !== undefined)) return;
  throw new UsageError('name at least one waveform file or folder');
}

/** Files that would not be written are not passed over in silence. */
function refuseIdle({ estimate, out, format, scatter, ensemble, offsets, set }: ScanOptions): void {
  if (estimate === true && (out !== undefined || format !== undefined || scatter !== undefined)) {
    throw new UsageError(
      '--estimate runs nothing and writes no picks: leave --out, --format and --scatter out',
    );
  }
  if (scatter === undefined || set !== undefined) return;
  if (ensemble !== undefined || offsets !== undefined) return;
  throw new UsageError(
    '--scatter is of --ensemble or --offsets: one run alone has nothing to differ from',
  );
}

/** A set says all of them. */
function refuseRunOptions(values: ScanValues & { readonly estimate?: boolean | undefined }): void {
  const options = { ...RUN_OPTIONS, ...ENSEMBLE_OPTIONS, estimate: {} };
  const own = Object.keys(options).filter((name) => name !== 'allow-test-model');
  const given = own.find((name) => values[name as keyof typeof values] !== undefined);
  if (given === undefined) return;
  throw new UsageError(`--${given} cannot be given with --set: the set says how models are run`);
}

/** Those of a set are its own. */
async function membersFor(session: Session, request: ScanRequest): Promise<readonly Member[]> {
  if (request.set !== undefined) return [];
  const members = await chooseMembers(session, request.members);
  if (!request.estimate) prepareMembers(session, members);
  return members;
}

function runAsked(session: Session, request: ScanRequest, members: readonly Member[], part: Part) {
  const { set, members: asked } = request;
  if (set === undefined) return runMembers(session, asked, members, part);
  return runSetFile(session, set, asked.values['allow-test-model'] === true);
}

interface ScanOptions extends EnsembleValues {
  readonly estimate?: boolean | undefined;
  readonly out?: string | undefined;
  readonly format?: string | undefined;
  readonly scatter?: string | undefined;
  readonly set?: string | undefined;
}

type ScanValues = Omit<RunOptionValues, 'model'> &
  EnsembleValues & { readonly model?: readonly string[] | undefined };

function membersOf(values: ScanValues): MembersRequest {
  const models = values.model ?? [undefined];
  const single: RunOptionValues = { ...values, model: models[0] };
  const ensemble = readEnsemble(values, models.length);
  return { models, values: single, ensemble, options: readRunOptions(single) };
}

interface PickTable {
  readonly format: PickFormat;
  readonly run: ModelRun;
  readonly picks: readonly Pick[];
}

async function rendered(
  client: Client,
  { format, run, picks }: PickTable,
): Promise<Uint8Array | string> {
  switch (format) {
    case 'json': {
      const { skipped, ...rest } = run;
      const data = await dataOf(client, run);
      const scatter = await client.call('run.scatter', { runId: run.id });
      const several = scatter.length > 0 && { scatter };
      return jsonText({ picks: pickRecords(picks), run: rest, skipped, data, ...several });
    }
    case 'phasenet':
    case 'gpd':
    case 'eqtransformer':
      return (await client.call('export.pickTable', { runId: run.id, program: format })).bytes;
    default: {
      const pickIds = picks.map(({ id }) => id);
      const request = { format, includeRejected: false, pickIds } as const;
      return (await client.call('export.render', request)).bytes;
    }
  }
}

async function writePicks(session: Session, out: string, table: PickTable): Promise<void> {
  const { client } = session;
  const { format, picks } = table;
  if (format !== 'csv' && format !== 'quakeml') {
    const content = await rendered(client, table);
    await writeOut(out, typeof content === 'string' ? content : new TextDecoder().decode(content));
    return;
  }
  const pickIds = picks.map(({ id }) => id);
  const target = session.grant(out);
  await client.call('export.write', { format, includeRejected: false, pickIds, target });
}

/** Where the run had waveforms: who scores its picks must know what it could not see. */
async function dataOf(client: Client, run: ModelRun) {
  const { streams } = await client.call('source.list', {});
  const asked = run.parameters.streams;
  return streams
    .filter(({ streamKey }) => !asked || asked.includes(streamKey))
    .map(({ streamKey, startNs, endNs, gaps }) => ({ stream: streamKey, startNs, endNs, gaps }));
}

/** The word of `--format`, or what the ending of the file says. */
function formatOf(word: string | undefined, out: string | undefined): PickFormat {
  const named = FORMATS.find((format) => format === word?.toLowerCase());
  if (named !== undefined) return named;
  if (word !== undefined) {
    throw new UsageError(`--format must be ${FORMATS.join(', ')}, not "${word}"`);
  }
  if (out === undefined) return 'csv';
  const ending = extname(out).toLowerCase();
  if (ending === '.csv' || ending === '.json' || ending === '.xml') return OUT_FORMATS[ending];
  throw new UsageError(`--out must end in .csv, .json or .xml, not "${out}"; or give --format`);
}
