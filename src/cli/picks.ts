import { epochNs, formatIso } from '../base/time.ts';
import { allPicks, pickRecords } from './allPicks.ts';
import { print, printJson } from './output.ts';
import { withSession } from './session.ts';
import { textTable } from './table.ts';
import { type Command, EXIT, readArguments, required } from './usage.ts';

const help = `Usage: onset picks --project FILE [--json]

Prints every pick of a project, ordered by time, then stream.

  --project FILE  the project (*.onset); it may be open elsewhere
  --json          {"picks": [{id, stream, timeNs, lowerUncertaintyS, upperUncertaintyS, phase, polarity,
                  onset, weight, probability, state, author, method, runId, createdNs}]}
                  with nanoseconds as texts and null for what is not set; without it a table
`;

export const command: Command = {
  help,
  async run(args) {
    const { values } = readArguments(
      args,
      { project: { type: 'string' }, json: { type: 'boolean', default: false } },
      undefined,
    );
    const project = required(values.project, 'project');
    return withSession({ project: { kind: 'file', path: project } }, async ({ client }) => {
      const records = pickRecords(await allPicks(client, {}));
      if (values.json) await printJson({ picks: records });
      else await print(pickTable(records));
      return EXIT.done;
    });
  },
};

type PickRecord = ReturnType<typeof pickRecords>[number];

function pickTable(records: readonly PickRecord[]): string {
  const header = ['id', 'stream', 'time (UTC)', 'phase', 'probability', 'state', 'author'];
  const rows = records.map((record) => [
    String(record.id),
    record.stream,
    formatIso(epochNs(BigInt(record.timeNs)), 6, ' ', ''),
    record.phase,
    record.probability?.toFixed(3) ?? '',
    record.state,
    record.author,
  ]);
  return textTable(header, rows, new Set(['id', 'probability']));
}
