import { extname } from 'node:path';
import { AppError } from '../base/appError.ts';
import type { DetectorSettings } from '../domain/event/detectorSettings.ts';
import { describeDetector } from '../domain/event/describeDetector.ts';
import type { ModelRun } from '../domain/event/modelRun.ts';
import type { Pick } from '../domain/event/pick.ts';
import { addWaveforms, type Part } from './addWaveforms.ts';
import { allPicks, pickRecords } from './allPicks.ts';
import { DETECTOR_HELP, DETECTOR_OPTIONS, readDetectorOptions } from './detectorOptions.ts';
import { counted, jsonText, print, say } from './output.ts';
import { keptIn, type Session, withSession } from './session.ts';
import {
  checkOutFile,
  type Command,
  EXIT,
  readArguments,
  readWorkers,
  UsageError,
} from './usage.ts';
import { writeOut } from './writeOut.ts';

const help = `Usage: onset detect PATH… [options]

Lets a classic detector pick waveform files, or all of them in folders. Without --project and --out the picks are
printed as CSV. Refused while another Onset holds the project; what else the project holds is not picked.

  --project FILE      keep waveforms, run and picks in this project (*.onset); made when there is none
${DETECTOR_HELP}  --workers N         threads that decode and filter (default: one for each core)
  --out FILE          write the picks: .csv, .json ({picks, run, skipped}) or .xml (QuakeML)
`;

interface DetectRequest {
  readonly paths: readonly string[];
  readonly settings: DetectorSettings;
  readonly out: string | undefined;
  readonly toStdout: boolean;
}

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      {
        ...{ project: { type: 'string' }, workers: { type: 'string' }, out: { type: 'string' } },
        ...DETECTOR_OPTIONS,
      } as const,
      { atLeast: 1, what: 'at least one waveform file or folder' },
    );
    const { project, out } = values;
    if (out !== undefined) {
      formatOf(out);
      checkOutFile(out);
    }
    const settings = readDetectorOptions(values);
    const toStdout = project === undefined && out === undefined;
    return withSession(
      {
        project: keptIn(project),
        exclusive: true,
        workers: readWorkers(values.workers),
      },
      (session) => detect(session, { paths: positionals, settings, out, toStdout }),
    );
  },
};

async function detect(session: Session, request: DetectRequest): Promise<number> {
  const { client } = session;
  const { unreadable, part } = await addWaveforms(session, request.paths, [request.out]);
  const { run, cancelled } = await runDetector(session, request.settings, part);
  for (const { stream, reason } of run.skipped) say(`${stream} was not picked: ${reason}`);
  const picks = await allPicks(client, { runId: run.id });
  const pickIds = picks.map(({ id }) => id);
  if (request.out !== undefined) await writePicks(session, request.out, run, picks);
  else if (request.toStdout) {
    const csv = { format: 'csv', includeRejected: false, pickIds } as const;
    await print((await client.call('export.render', csv)).bytes);
  }
  const found = counted(picks.length, 'pick');
  say(
    cancelled
      ? `Stopped; ${found} of the stations that were done are kept`
      : `${found} by ${describeDetector(request.settings)}`,
  );
  return unreadable > 0 || cancelled ? EXIT.failedInPart : EXIT.done;
}

async function runDetector(
  session: Session,
  settings: DetectorSettings,
  part: Part,
): Promise<{ run: ModelRun; cancelled: boolean }> {
  const { client } = session;
  let runId = 0;
  const job = await session.follow(async () => {
    const started = await client.call('detector.run', { settings, ...part });
    runId = started.runId;
    return started;
  });
  const run = (await client.call('run.list', {})).find(({ id }) => id === runId);
  if (!run) throw new AppError('bug', `run ${runId} is not in the project`);
  return { run, cancelled: job.state === 'cancelled' };
}

async function writePicks(
  session: Session,
  out: string,
  run: ModelRun,
  picks: readonly Pick[],
): Promise<void> {
  const { client } = session;
  const format = formatOf(out);
  if (format !== 'json') {
    const pickIds = picks.map(({ id }) => id);
    const target = session.grant(out);
    await client.call('export.write', { format, includeRejected: false, pickIds, target });
    return;
  }
  const { skipped, ...rest } = run;
  const { streams } = await client.call('source.list', {});
  const asked = run.parameters.streams;
  // Where there were waveforms: who scores the picks must know what could not be seen.
  const data = streams
    .filter(({ streamKey }) => asked?.includes(streamKey) !== false)
    .map(({ streamKey, startNs, endNs, gaps }) => ({ stream: streamKey, startNs, endNs, gaps }));
  await writeOut(out, jsonText({ picks: pickRecords(picks), run: rest, skipped, data }));
}

function formatOf(out: string): 'csv' | 'json' | 'quakeml' {
  const ending = extname(out).toLowerCase();
  if (ending === '.csv') return 'csv';
  if (ending === '.json') return 'json';
  if (ending === '.xml') return 'quakeml';
  throw new UsageError(`--out must end in .csv, .json or .xml, not "${out}"`);
}
