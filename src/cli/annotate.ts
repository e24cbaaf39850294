import { extname } from 'node:path';
import { addWaveforms } from './addWaveforms.ts';
import { counted, say } from './output.ts';
import { chooseModel, readRunOptions, RUN_HELP, RUN_OPTIONS, runSettings } from './runOptions.ts';
import { withSession } from './session.ts';
import {
  checkOutFile,
  type Command,
  EXIT,
  readArguments,
  readWorkers,
  required,
  UsageError,
} from './usage.ts';

const help = `Usage: onset annotate PATH… --out FILE [options]

Writes the probability curves of a model over waveform files, or all of them in folders: all labels of
each stretch of data. With --policy seisbench they are those of SeisBench's annotate, name by name and sample
by sample.

  --out FILE          .mseed (float32, one channel for each label, such as PhaseNet_P; NaN where no window
                      answers; miniSEED 3, for the names are long) or .json ({traces: [{stream, label, startNs,
                      sampleRateHz, values}], picks: [{stream, phase, startNs, peakNs, endNs, value}]})
${RUN_HELP}  --workers N         threads that decode and run the model (default: one for each core)
`;

const ENDINGS = ['.mseed', '.miniseed', '.ms', '.mseed3', '.json'];

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      { ...RUN_OPTIONS, workers: { type: 'string' }, out: { type: 'string' } },
      { atLeast: 1, what: 'at least one waveform file or folder' },
    );
    const out = required(values.out, 'out');
    if (!ENDINGS.includes(extname(out).toLowerCase())) {
      throw new UsageError(`--out must end in .mseed or .json, not "${out}"`);
    }
    checkOutFile(out);
    const options = readRunOptions(values);
    const workers = readWorkers(values.workers);
    const place = { project: { kind: 'temporary' }, exclusive: true, workers } as const;
    return withSession(place, async (session) => {
      const { client } = session;
      const model = await chooseModel(session, values.model);
      const { unreadable, part } = await addWaveforms(session, positionals);
      const job = await session.follow(() =>
        client.call('model.annotate', {
          modelId: model.modelId,
          ...(model.folder !== undefined && { folder: model.folder }),
          ...part,
          settings: runSettings(model, values, options),
          allowTestModel: values['allow-test-model'] === true,
          target: session.grant(out),
        }),
      );
      if (job.state === 'cancelled') {
        say('Stopped; nothing was written');
        return EXIT.failedInPart;
      }
      const report = await client.call('model.annotateReport', { jobId: job.id });
      for (const { stream, reason } of report.skipped) say(`${stream} has no curves: ${reason}`);
      for (const { stream, reason } of report.notes) say(`${stream}: ${reason}`);
      say(
        `${counted(report.curves, 'curve')} and ${counted(report.picks, 'pick')} of ${model.modelId} in ${out}`,
      );
      const failed = report.skipped.some((each) => each.failed);
      return unreadable > 0 || failed ? EXIT.failedInPart : EXIT.done;
    });
  },
};
