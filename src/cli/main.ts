// The command line: a client of the contract, as the page is. Each command is loaded only when it is
// asked for, so that `inspect` starts without database and model runtime.

import { AppError, messageOf } from '../base/appError.ts';
import { endQuietlyWhenUnread, print, say } from './output.ts';
import { type Command, EXIT, UsageError } from './usage.ts';

interface Entry {
  readonly summary: string;
  load(): Promise<{ command: Command }>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  open: {
    summary: 'open the workstation on a project, on waveforms, or on the sample',
    load: () => import('./open.ts'),
  },
  serve: {
    summary: 'serve the workstation to a browser on this machine',
    load: () => import('./serve.ts'),
  },
  inspect: {
    summary: 'say what is in waveform files, stretch by stretch',
    load: () => import('./inspect.ts'),
  },
  scan: { summary: 'let a model pick waveforms', load: () => import('./scan.ts') },
  follow: {
    summary: 'pick miniSEED records while they arrive from a pipe',
    load: () => import('./follow.ts'),
  },
  detect: {
    summary: 'let a classic detector pick waveforms: STA/LTA, kurtosis, AIC, AR',
    load: () => import('./detect.ts'),
  },
  annotate: {
    summary: "write a model's probability curves",
    load: () => import('./annotate.ts'),
  },
  denoise: {
    summary: 'write waveforms that a network has freed of noise',
    load: () => import('./denoise.ts'),
  },
  score: {
    summary: 'score picks against a reference: recall, precision, F1, residuals',
    load: () => import('./score.ts'),
  },
  tune: {
    summary: 'try parameters of a run and score each set against a reference',
    load: () => import('./tune.ts'),
  },
  set: {
    summary: 'show, compare, verify and save parameter sets',
    load: () => import('./set/set.ts'),
  },
  model: {
    summary: 'list, import, verify and run models',
    load: () => import('./model/model.ts'),
  },
  'archive-scan': {
    summary: "scan archives of files into a text, as Seismo-Performer's archive_scan",
    load: () => import('./archiveScan.ts'),
  },
  picks: { summary: 'print the picks of a project', load: () => import('./picks.ts') },
  export: {
    summary: 'write the catalog as QuakeML, CSV or markers',
    load: () => import('./export.ts'),
  },
  import: { summary: 'read QuakeML or markers into a project', load: () => import('./import.ts') },
};

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return [
    'Usage: onset COMMAND …',
    '',
    ...lines,
    '',
    'onset COMMAND --help says more. Answers go to stdout, messages to stderr.',
    'Exit code: 0 done, 1 failed in part, 2 bad usage.',
    '',
  ].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    await print(help());
    return name === undefined ? EXIT.badUsage : EXIT.done;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) throw new UsageError(`there is no command "${name}"; onset --help names them`);
  const { command } = await entry.load();
  if (args.includes('--help') || args.includes('-h')) {
    await print(command.help);
    return EXIT.done;
  }
  return command.run(args);
}

endQuietlyWhenUnread();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    say(`onset: ${error.message}`);
    const [name = ''] = process.argv.slice(2);
    if (Object.hasOwn(COMMANDS, name)) say(`onset ${name} --help says how it is written`);
    process.exitCode = EXIT.badUsage;
  } else if (error instanceof AppError && error.code === 'bad-input') {
    say(`onset: ${error.message}`);
    process.exitCode = EXIT.badUsage;
  } else {
    say(`onset: ${messageOf(error)}`);
    if (!(error instanceof AppError) && error instanceof Error) say(error.stack ?? '');
    process.exitCode = EXIT.failedInPart;
  }
}
