import { statSync } from 'node:fs';
import type { ModelVerification } from '../../domain/event/modelPack.ts';
import { print, printJson } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { EXIT, readArguments, UsageError } from '../usage.ts';

/** `onset model verify [ID|FOLDER]…`. */
export async function verifyModels(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    args,
    { json: { type: 'boolean' } },
    { atLeast: 0, what: '' },
  );
  return withSession({ project: { kind: 'temporary' } }, async (session) => {
    const isFolder = (name: string): boolean =>
      statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
    const folders = positionals.filter(isFolder).map((path) => session.grant(path));
    const modelIds = positionals.filter((name) => !isFolder(name));
    await checkInstalled(session, modelIds);
    const asked = positionals.length === 0 ? {} : { modelIds, folders };
    const { id: jobId, state } = await session.follow(() =>
      session.client.call('model.verify', asked),
    );
    if (state === 'cancelled') return EXIT.failedInPart;
    const found = await session.client.call('model.verifyReport', { jobId });
    if (values.json === true) await printJson(found);
    else await print(found.map(verificationText).join(''));
    return found.every(isFine) ? EXIT.done : EXIT.failedInPart;
  });
}

/** Throws a UsageError for a name that is neither. */
async function checkInstalled({ client }: Session, modelIds: readonly string[]): Promise<void> {
  const known = (await client.call('model.list', {})).map(({ id }) => id);
  const stranger = modelIds.find((id) => !known.includes(id));
  if (stranger === undefined) return;
  const others = known.join(', ') || 'none';
  throw new UsageError(
    `there is no model "${stranger}", and no folder of that name; installed: ${others}`,
  );
}

/** What is no picker has nothing to be compared; all else has to pass. */
function isFine({ use, parity }: ModelVerification): boolean {
  return use === 'not-a-picker' || parity?.verdict === 'pass';
}

const CHECKSUMS: Readonly<Record<ModelVerification['checksum'], string>> = {
  matches: 'checksum as its card says',
  unchecked: 'its card states no checksum of the network',
  differs: 'CHECKSUM DIFFERS from its card',
  missing: 'weights missing',
};

function verificationText(found: ModelVerification): string {
  const { modelId, use, parity, problem, checksum } = found;
  if (use === 'not-a-picker')
    return `${modelId}: not a picker, nothing to compare (${problem ?? ''})\n`;
  if (problem !== undefined) return `${modelId}: FAIL, cannot be run: ${problem}\n`;
  const verdict = parity?.verdict === 'fail' ? 'FAIL' : (parity?.verdict ?? 'not-compared');
  return `${modelId}: ${verdict}, ${parity?.text ?? ''}; ${CHECKSUMS[checksum]}\n`;
}
