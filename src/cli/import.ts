import { messageOf } from '../base/appError.ts';
import { counted, say } from './output.ts';
import { withSession } from './session.ts';
import { type Command, EXIT, readArguments, required } from './usage.ts';

const help = `Usage: onset import --project FILE FILE…

Reads picks and events of QuakeML or Snuffler marker files into a project, which is made when there is
none. Refused while another Onset holds the project.

  --project FILE  the project (*.onset)
`;

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      { project: { type: 'string' } },
      {
        atLeast: 1,
        what: 'at least one file to import',
      },
    );
    const path = required(values.project, 'project');
    const options = { project: { kind: 'file', path, create: true }, exclusive: true } as const;
    return withSession(options, async (session) => {
      let failed = false;
      // One by one, so that one bad file does not keep the others out.
      for (const file of positionals) {
        try {
          const report = await session.client.call('import.files', {
            files: [session.grant(file)],
          });
          for (const warning of report.warnings) say(`${file}: ${warning}`);
          say(`${file}: ${counted(report.picks, 'pick')} and ${counted(report.events, 'event')}`);
        } catch (error) {
          failed = true;
          say(`${file}: ${messageOf(error)}`);
        }
      }
      return failed ? EXIT.failedInPart : EXIT.done;
    });
  },
};
