import type { ModelImportAnswers } from '../../contract/messages/models.ts';
import type { ModelImport } from '../../domain/event/modelPack.ts';
import { print, printJson, say } from '../output.ts';
import { withSession } from '../session.ts';
import { EXIT, readArguments, UsageError } from '../usage.ts';

const TEMPORARY = { project: { kind: 'temporary' } } as const;

/** `onset model import PATH…`. */
export async function importModels(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    args,
    {
      json: { type: 'boolean' },
      id: { type: 'string' },
      licence: { type: 'string' },
      source: { type: 'string' },
      'gpd-order': { type: 'string' },
      replace: { type: 'boolean' },
    },
    { atLeast: 1, what: 'at least one weights file, checkpoint or pack' },
  );
  const order = readOrder(values['gpd-order']);
  const answers: ModelImportAnswers = {
    ...(values.id === undefined ? {} : { id: values.id }),
    ...(values.licence === undefined ? {} : { licence: values.licence }),
    ...(values.source === undefined ? {} : { source: values.source }),
    ...(order === undefined ? {} : { gpdOrder: order }),
    ...(values.replace === true ? { replace: true } : {}),
  };
  return withSession(TEMPORARY, async (session) => {
    const files = positionals.map((path) => session.grant(path));
    const { id: jobId, state } = await session.follow(() =>
      session.client.call('model.import', { files, answers }),
    );
    if (state === 'cancelled') {
      say('Stopped; models that were done are installed');
      return EXIT.failedInPart;
    }
    const imports = await session.client.call('model.importReport', { jobId });
    if (values.json === true) await printJson(imports);
    else await print(imports.map(importText).join(''));
    return imports.some(({ error }) => error !== undefined) ? EXIT.failedInPart : EXIT.done;
  });
}

/** `onset model remove ID`. */
export async function removeModel(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, {}, { atLeast: 1, what: 'the model to remove' });
  return withSession(TEMPORARY, async ({ client }) => {
    for (const modelId of positionals) {
      await client.call('model.remove', { modelId });
      say(`${modelId} is removed; picks made with it stay`);
    }
    return EXIT.done;
  });
}

function importText(done: ModelImport): string {
  const files = done.files.join(', ');
  if (done.error !== undefined) return `${files}: not installed: ${done.error}\n`;
  const seconds = (done.convertMs / 1000).toFixed(2);
  const lines = [
    `${done.modelId ?? ''}: installed from ${files} (${done.architecture ?? ''}, ${seconds} s)`,
    ...(done.parity === undefined ? [] : [`  ${done.parity.verdict}: ${done.parity.text}`]),
    ...done.warnings.map((warning) => `  warning: ${warning}`),
  ];
  return `${lines.join('\n')}\n`;
}

function readOrder(text: string | undefined): 'fixed' | 'original' | undefined {
  if (text === undefined || text === 'fixed' || text === 'original') return text;
  throw new UsageError(`--gpd-order is fixed or original, not "${text}"`);
}
