import { epochNs, formatIso } from '../base/time.ts';
import { inspectFiles, type Inspection } from '../backend/inspect.ts';
import { print, printJson, say } from './output.ts';
import { textTable } from './table.ts';
import { type Command, EXIT, readArguments } from './usage.ts';

const help = `Usage: onset inspect PATH… [--json] [--sha256]

Says what is in waveform files, or in all of them below folders: one line for each gap-free stretch.

  --json    {"segments": [{file, format, id, startNs, endNs, sampleRateHz, samples, sampleType, min, max,
            sha256}], "files": [{file, format, warnings, error}]}; nanoseconds as decimal texts, endNs the
            time of the last sample
  --sha256  of the samples as little-endian int32, float32 or float64, with --json
`;

export const command: Command = {
  help,
  async run(args) {
    const { values, positionals } = readArguments(
      args,
      { json: { type: 'boolean', default: false }, sha256: { type: 'boolean', default: false } },
      { atLeast: 1, what: 'at least one file or folder' },
    );
    const inspection = await inspectFiles(positionals, { sha256: values.sha256 });
    if (values.json) await printJson(inspection);
    else await print(inspectionTable(inspection));
    for (const { file, warnings, error } of inspection.files) {
      for (const warning of warnings) say(`${file}: ${warning}`);
      if (error !== null) say(error.includes(file) ? error : `${file}: ${error}`);
    }
    if (inspection.files.length === 0) {
      say(`There are no waveform files in ${positionals.join(', ')}`);
      return EXIT.failedInPart;
    }
    const failed = inspection.files.some(({ error }) => error !== null);
    return failed ? EXIT.failedInPart : EXIT.done;
  },
};

function inspectionTable({ segments }: Inspection): string {
  const header = ['file', 'id', 'start (UTC)', 'end (UTC)', 'Hz', 'samples', 'type', 'min', 'max'];
  const rows = segments.map((segment) => [
    segment.file,
    segment.id,
    formatIso(epochNs(segment.startNs), 6, ' ', ''),
    formatIso(epochNs(segment.endNs), 6, ' ', ''),
    String(segment.sampleRateHz),
    String(segment.samples),
    segment.sampleType,
    numberText(segment.min),
    numberText(segment.max),
  ]);
  return textTable(header, rows, new Set(['Hz', 'samples', 'min', 'max']));
}

function numberText(value: number | null): string {
  if (value === null) return '';
  return Number.isInteger(value) ? String(value) : value.toPrecision(6);
}
