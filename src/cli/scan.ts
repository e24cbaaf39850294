import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { Client } from '../contract/rpc.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { Pick } from '../domain/event/pick.ts';
import type { RunSettings } from '../domain/event/runSettings.ts';
import { addWaveforms, type Part } from './addWaveforms.ts';
import { allPicks, pickRecords } from './allPicks.ts';
import { jsonText, print, say } from './output.ts';
import {
  chooseModel,
  readRunOptions,
  RUN_HELP,
  RUN_OPTIONS,
  type RunOptionValues,
  runSettings,
} from './runOptions.ts';
import { type Session, withSession } from './session.ts';
import { type Command, EXIT, readArguments, readInteger, UsageError } from './usage.ts';

const help = `Usage: onset scan PATH… [options]

Lets a model pick waveform files, or all of them in folders. Without --project and --out the picks are
printed as CSV. Refused while another Onset holds the project; what else the project holds is not picked.

  --project FILE      keep waveforms, run and picks in this project (*.onset); made when there is none
${RUN_HELP}  --workers N         threads that decode and run the model (default: one for each core)
  --out FILE          write the picks: .csv, .json ({picks, run, skipped}) or .xml (QuakeML)
  --format WORD       csv, json, quakeml, or the tables of other programs: phasenet (CSV with amplitudes), gpd
                      (NET STA PHASE time); default: by the ending of --out, csv on stdout
`;

interface ScanRequest {
  readonly paths: readonly string[];
  readonly values: RunOptionValues;
  readonly options: Partial<RunSettings>;
  readonly out: string | undefined;
  readonly format: PickFormat;
  readonly toStdout: boolean;
}

const FORMATS = ['csv', 'json', 'quakeml', 'phasenet', 'gpd'] as const;
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
        workers: { type: 'string' },
        out: { type: 'string' },
        format: { type: 'string' },
      },
      { atLeast: 1, what: 'at least one waveform file or folder' },
    );
    const { project, out } = values;
    const request: ScanRequest = {
      paths: positionals,
      values,
      options: readRunOptions(values),
      out,
      format: formatOf(values.format, out),
      toStdout: out === undefined && (project === undefined || values.format !== undefined),
    };
    const workers =
      values.workers === undefined ? undefined : readInteger(values.workers, 'workers', 1, 256);
    return withSession(
      {
        project:
          project === undefined
            ? { kind: 'temporary' }
            : { kind: 'file', path: project, create: true },
        exclusive: true,
        workers,
      },
      (session) => scan(session, request),
    );
  },
};

async function scan(session: Session, request: ScanRequest): Promise<number> {
  const { client } = session;
  const { unreadable, part } = await addWaveforms(session, request.paths);
  const { run, cancelled } = await runModel(session, request, part);
  for (const { stream, reason } of run.skipped) say(`${stream} was not picked: ${reason}`);
  for (const { stream, reason } of run.notes) say(`${stream}: ${reason}`);
  const picks = await allPicks(client, { runId: run.id });
  const table = { format: request.format, run, picks };
  if (request.out !== undefined) await writePicks(session, request.out, table);
  else if (request.toStdout) await print(await rendered(client, table));
  say(
    cancelled
      ? `Stopped; ${picks.length} picks of the stations that were done are kept`
      : `${picks.length} picks by ${run.modelId}`,
  );
  return unreadable > 0 || cancelled ? EXIT.failedInPart : EXIT.done;
}

async function runModel(
  session: Session,
  request: ScanRequest,
  part: Part,
): Promise<{ run: ModelRun; cancelled: boolean }> {
  const { client } = session;
  const { values, options } = request;
  const model = await chooseModel(session, values.model);
  const settings = runSettings(model, values, options);
  let runId = 0;
  const job = await session.follow(async () => {
    const started = await client.call('model.run', {
      modelId: model.modelId,
      ...(model.folder !== undefined && { folder: model.folder }),
      ...part,
      settings,
      allowTestModel: values['allow-test-model'] === true,
    });
    runId = started.runId;
    return started;
  });
  const run = (await client.call('run.list', {})).find(({ id }) => id === runId);
  if (!run) throw new AppError('bug', `run ${runId} is not in the project`);
  return { run, cancelled: job.state === 'cancelled' };
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
      return jsonText({ picks: pickRecords(picks), run: rest, skipped, data });
    }
    case 'phasenet':
    case 'gpd':
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
    await writeFile(out, await rendered(client, table));
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
