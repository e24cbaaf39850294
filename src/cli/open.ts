import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, messageOf } from '../base/appError.ts';
import { chooseProject, type ProjectChoice } from '../backend/project.ts';
import { serveProject } from './serve.ts';
import { type Command, EXIT, readArguments, UsageError } from './usage.ts';

const help = `Usage: onset open [PATH…]

Opens the workstation: in its window where Electron is to be had, else in the browser, at the address that
is printed. PATH is one project (*.onset), or waveform files and folders; the same files opened again
continue the same project. Without PATH the sample project is opened.
`;

/** The exit code by which electron/start.mjs says that there is no window to be had. */
const NO_WINDOW = 69;

export const command: Command = {
  help,
  async run(args) {
    const { positionals } = readArguments(args, {}, { atLeast: 0, what: '' });
    const paths = positionals.map((path) => resolve(path));
    const project = choose(paths);
    for (const path of paths) {
      if (!existsSync(path)) throw new AppError('not-found', `there is no file or folder ${path}`);
    }
    const code = await runWindow(paths);
    if (code !== NO_WINDOW) return code;
    return serveProject(project, { dataFolders: [], port: 0, host: '127.0.0.1' });
  },
};

function choose(paths: readonly string[]): ProjectChoice {
  try {
    return chooseProject(paths);
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** The exit code of the desktop window, which says itself why there is none. */
async function runWindow(paths: readonly string[]): Promise<number> {
  const script = windowScript();
  if (script === undefined) return NO_WINDOW;
  const child = spawn(process.execPath, [script, ...paths], { stdio: 'inherit' });
  const end = (): void => void child.kill();
  process.once('SIGTERM', end);
  return new Promise((done) => {
    child.on('error', () => done(NO_WINDOW));
    child.on('exit', (code) => {
      process.off('SIGTERM', end);
      done(code ?? EXIT.failedInPart);
    });
  });
}

/** Found upward, so that it is the same from source and from the bundle. */
function windowScript(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 3; up += 1) {
    const script = join(folder, 'electron', 'start.mjs');
    if (existsSync(script)) return script;
    folder = dirname(folder);
  }
  return undefined;
}
