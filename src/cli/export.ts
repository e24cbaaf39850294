import type { ExportFormat } from '../contract/messages/catalog.ts';
import { counted, say } from './output.ts';
import { withSession } from './session.ts';
import { checkOutFile, type Command, EXIT, readArguments, required, UsageError } from './usage.ts';

const FORMATS: readonly ExportFormat[] = ['quakeml', 'csv', 'markers'];

const help = `Usage: onset export --project FILE --format quakeml|csv|markers --out FILE [--include-rejected]

Writes the catalog of a project. What the format cannot hold is said on stderr.

  --project FILE      the project (*.onset); it may be open elsewhere
  --format FORMAT     quakeml (1.2 BED), csv (picks, the fields of "onset picks"), markers (Snuffler)
  --out FILE          where to write
  --include-rejected  rejected picks too
`;

export const command: Command = {
  help,
  async run(args) {
    const { values } = readArguments(
      args,
      {
        project: { type: 'string' },
        format: { type: 'string' },
        out: { type: 'string' },
        'include-rejected': { type: 'boolean', default: false },
      },
      undefined,
    );
    const path = required(values.project, 'project');
    const format = readFormat(required(values.format, 'format'));
    const out = required(values.out, 'out');
    checkOutFile(out);
    const request = { format, includeRejected: values['include-rejected'] };
    return withSession({ project: { kind: 'file', path } }, async (session) => {
      const { client } = session;
      const preview = await client.call('export.preview', request);
      for (const loss of preview.losses) say(loss);
      const target = session.grant(out);
      const written = await client.call('export.write', { ...request, target });
      say(
        `Wrote ${counted(preview.picks, 'pick')} and ${counted(preview.events, 'event')} to ${written.path}`,
      );
      return EXIT.done;
    });
  },
};

function readFormat(text: string): ExportFormat {
  const format = FORMATS.find((name) => name === text);
  if (format === undefined) throw new UsageError(`--format must be one of ${FORMATS.join(', ')}`);
  return format;
}
