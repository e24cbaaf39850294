import { print } from '../output.ts';
import { type Command, EXIT, UsageError } from '../usage.ts';

const help = `Usage: onset model list [--json]
       onset model info ID|FOLDER [--json]
       onset model import PATH… [options]
       onset model verify [ID|FOLDER]… [--json]
       onset model remove ID
       onset model providers [--model ID|FOLDER] [--json]
       onset model run ID PATH… [options of onset scan]

The models at hand, those that came with Onset and your own.

  list     every model with its use, licence and checksum
  info     all that is known of one, installed or in a folder
  import   installs ready packs (a folder or .zip of model.json and model.onnx) and published weights: SeisBench
           .pt.vN with its .json.vN, PyTorch .pt, Keras .h5, TensorFlow 2 checkpoints (folder or .index). Weights
           are converted here and compared with their original where reference numbers are known
  verify   compares models with their originals again: installed ones by ID, packs by FOLDER; all without either
  remove   deletes one of your own
  providers  what can run a model on this machine, how fast, and how near to the processor's answers
  run      picks waveforms with it; the same as onset scan --model ID PATH…

  --json            the answer as JSON (list, info, import, verify)
  --id NAME         import: what to call it (default: by its file)
  --licence TEXT    import: its licence, where Onset does not know the file
  --source TEXT     import: where it comes from, where Onset does not know the file
  --gpd-order WORD  import: order of GPD's layers, fixed or original, where no architecture .json is beside it
  --replace         import: in place of the model of that name

A model for tests or with random weights picks only with --allow-test-model. Exit code 1: something was refused,
differs from its original, or could not be compared.
`;

type Part = 'list' | 'info' | 'import' | 'verify' | 'remove' | 'providers' | 'run';

const PARTS: Readonly<Record<Part, (args: readonly string[]) => Promise<number>>> = {
  list: async (args) => (await import('./listModels.ts')).listModels(args),
  info: async (args) => (await import('./listModels.ts')).describeModel(args),
  import: async (args) => (await import('./importModels.ts')).importModels(args),
  verify: async (args) => (await import('./verifyModels.ts')).verifyModels(args),
  remove: async (args) => (await import('./importModels.ts')).removeModel(args),
  providers: async (args) => (await import('./listProviders.ts')).listProviders(args),
  run: async (args) => {
    const [id, ...rest] = args;
    if (id === undefined || id.startsWith('-')) throw new UsageError('name the model to run');
    return (await import('../scan.ts')).command.run(['--model', id, ...rest]);
  },
};

function isPart(name: string): name is Part {
  return Object.hasOwn(PARTS, name);
}

export const command: Command = {
  help,
  async run(args) {
    const [part, ...rest] = args;
    if (part === undefined) {
      await print(help);
      return EXIT.badUsage;
    }
    if (!isPart(part)) {
      throw new UsageError(`onset model cannot "${part}"; it can ${Object.keys(PARTS).join(', ')}`);
    }
    return PARTS[part](rest);
  },
};
