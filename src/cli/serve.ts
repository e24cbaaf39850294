import { createBackend, type ProjectChoice } from '../backend/createBackend.ts';
import { startHost } from '../host/host.ts';
import { print } from './output.ts';
import { type Command, EXIT, readArguments, readInteger } from './usage.ts';

const help = `Usage: onset serve [--project FILE] [--data DIR]… [--port N] [--host ADDRESS]

Serves the workstation to a browser on this machine and prints its address, which holds a secret: who has
it can read the data folders and change the project. Without a project it opens the sample, or with
--data a project that is kept for these folders.

  --project FILE  the project (*.onset); made when there is none
  --data DIR      a folder whose files the page may open; may be given several times
                  (default: the folder the command is given in)
  --port N        default 0: any free port
  --host ADDRESS  default 127.0.0.1; another one lets other machines in
`;

export const command: Command = {
  help,
  async run(args) {
    const { values } = readArguments(
      args,
      {
        project: { type: 'string' },
        data: { type: 'string', multiple: true, default: [] },
        port: { type: 'string', default: '0' },
        host: { type: 'string', default: '127.0.0.1' },
      },
      undefined,
    );
    const port = readInteger(values.port, 'port', 0, 65_535);
    const { project: path, data, host } = values;
    return serveProject(choose(path, data), { dataFolders: data, port, host });
  },
};

function choose(path: string | undefined, folders: readonly string[]): ProjectChoice {
  if (path !== undefined) return { kind: 'file', path, create: true };
  return folders.length > 0 ? { kind: 'files', paths: folders, add: false } : { kind: 'sample' };
}

/** Serves until the program is told to end, by an interrupt or by its parent. */
export async function serveProject(
  project: ProjectChoice,
  options: {
    readonly dataFolders: readonly string[];
    readonly port: number;
    readonly host: string;
  },
): Promise<number> {
  const dataFolders = options.dataFolders.length > 0 ? options.dataFolders : [process.cwd()];
  const told = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, told.resolve);
  const backend = await createBackend({ project, dataFolders });
  try {
    const host = await startHost(backend, options);
    await print(`Onset is at ${host.url}\n`);
    await told.promise;
    await host.close();
  } finally {
    await backend.close();
  }
  return EXIT.done;
}
