import type { ProviderReport } from '../../domain/event/provider.ts';
import { print, printJson } from '../output.ts';
import { chooseModel } from '../runOptions.ts';
import { withSession } from '../session.ts';
import { EXIT, readArguments } from '../usage.ts';

/** What can run a model here, measured and compared. */
export async function listProviders(args: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean' }, model: { type: 'string' } } as const;
  const { values } = readArguments(args, options, undefined);
  return withSession({ project: { kind: 'temporary' } }, async (session) => {
    const { modelId, folder } = await chooseModel(session, values.model);
    const providers = await session.client.call('model.providers', {
      modelId,
      ...(folder !== undefined && { folder }),
    });
    if (values.json) await printJson({ model: modelId, providers });
    else await print(`${modelId}\n${providers.map(line).join('')}${lastLine(providers)}`);
    return EXIT.done;
  });
}

function line({ name, windowsPerSecond, text }: ProviderReport): string {
  const speed = windowsPerSecond === undefined ? '–' : `${Math.round(windowsPerSecond)} windows/s`;
  return `  ${name.padEnd(9)} ${speed.padEnd(16)} ${text}\n`;
}

function lastLine(providers: readonly ProviderReport[]): string {
  const others = providers.filter(({ name, state }) => name !== 'cpu' && state === 'ready');
  return others.length === 0 ? 'This machine runs models with the processor only.\n' : '';
}
