import { addWaveforms } from './addWaveforms.ts';
import { counted, say } from './output.ts';
import { type ChosenModel, chooseModel } from './runOptions.ts';
import { keptIn, type Session, withSession } from './session.ts';
import {
  checkOutFile,
  type Command,
  EXIT,
  readArguments,
  readWorkers,
  required,
  UsageError,
} from './usage.ts';

const help = `Usage: onset denoise PATH… --out FILE [options]

Writes waveforms that a network has freed of noise (DeepDenoiser), as float32 miniSEED: the same channels under
another location code, so that they stand beside the records they were made of and can be picked like them.

  --out FILE          the miniSEED file to write
  --model ID|FOLDER   a model from waveform to waveform (default: the first that is installed)
  --location CODE     location code of what is written (default: DN)
  --project FILE      keep the records and what is written in this project (*.onset); made when there is none
  --allow-test-model  run a model that is for tests only or has random weights
  --workers N         threads that decode and run the model (default: one for each core)
`;

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      {
        out: { type: 'string' },
        model: { type: 'string' },
        location: { type: 'string' },
        project: { type: 'string' },
        workers: { type: 'string' },
        'allow-test-model': { type: 'boolean' },
      },
      { atLeast: 1, what: 'at least one waveform file or folder' },
    );
    const out = required(values.out, 'out');
    checkOutFile(out);
    const { project: path, location = 'DN' } = values;
    const workers = readWorkers(values.workers);
    const place = { project: keptIn(path), exclusive: true, workers };
    return withSession(place, async (session) => {
      const { client } = session;
      const model = await waveformModel(session, values.model);
      const { unreadable, part } = await addWaveforms(session, positionals);
      const job = await session.follow(() =>
        client.call('model.denoise', {
          modelId: model.modelId,
          ...(model.folder !== undefined && { folder: model.folder }),
          ...{ ...part, settings: undefined, location, target: session.grant(out) },
          allowTestModel: values['allow-test-model'] === true,
        }),
      );
      if (job.state === 'cancelled') {
        say('Stopped; nothing was written');
        return EXIT.failedInPart;
      }
      const { traces, skipped, notes } = await client.call('model.denoiseReport', {
        jobId: job.id,
      });
      for (const { stream, reason } of skipped) say(`${stream} was not denoised: ${reason}`);
      for (const { stream, reason } of notes) say(`${stream}: ${reason}`);
      say(`${counted(traces, 'trace')} of ${model.modelId} in ${out}`);
      if (path !== undefined) await addWaveforms(session, [out]);
      const failed = skipped.some((each) => each.failed);
      return unreadable > 0 || failed ? EXIT.failedInPart : EXIT.done;
    });
  },
};

async function waveformModel(session: Session, given: string | undefined): Promise<ChosenModel> {
  if (given !== undefined) return chooseModel(session, given);
  const models = await session.client.call('model.list', {});
  const info = models.find(({ outputKind }) => outputKind === 'waveform');
  if (info) return { modelId: info.id, info };
  throw new UsageError(
    'no model from waveform to waveform is installed; install one: onset model import deepdenoiser.pt.v1 (with the .json.v1 beside it)',
  );
}
