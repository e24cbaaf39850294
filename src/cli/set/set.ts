import { print } from '../output.ts';
import { type Command, EXIT, UsageError } from '../usage.ts';

const help = `Usage: onset set show FILE [--json]
       onset set diff FILE FILE [--json]
       onset set verify FILE [--json]
       onset set save --project FILE [--run N] --out SET.json [--name TEXT] [--note TEXT]
       onset set list --project FILE [--json]
       onset set export --project FILE --name TEXT [--version N] --out SET.json

Parameter sets: everything that decides which picks are made, in one JSON file with a hash of it.
onset scan --set FILE runs one again.

  show     what a set says, in words
  diff     what differs between two sets, field by field
  verify   whether a set is whole, can be run here, and leads to the same picks here
  save     saves what a run was made with in its project, and as a file
  list     the sets of a project
  export   a saved set as a file

  --json         the answer as JSON; of show the set itself
  --project FILE the project (*.onset)
  --run N        save: the run (default: the newest)
  --out FILE     save, export: the file that is written
  --name TEXT    save: what to call it (default: by its model); a name that is there gets its next version.
                 export: the set that is meant
  --version N    export: its version (default: the newest)
  --note TEXT    save: why it is kept

Exit code 1: verify found something that is missing or changes the picks.
`;

type Part = 'show' | 'diff' | 'verify' | 'save' | 'list' | 'export';

const PARTS: Readonly<Record<Part, (args: readonly string[]) => Promise<number>>> = {
  show: async (args) => (await import('./showSets.ts')).showSet(args),
  diff: async (args) => (await import('./showSets.ts')).compareSets(args),
  verify: async (args) => (await import('./projectSets.ts')).verifySetFile(args),
  save: async (args) => (await import('./projectSets.ts')).saveSet(args),
  list: async (args) => (await import('./projectSets.ts')).listSets(args),
  export: async (args) => (await import('./projectSets.ts')).exportSet(args),
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
      throw new UsageError(`onset set cannot "${part}"; it can ${Object.keys(PARTS).join(', ')}`);
    }
    return PARTS[part](rest);
  },
};
