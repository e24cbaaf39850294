import { statSync } from 'node:fs';
import type { ModelInfo } from '../../contract/messages/models.ts';
import { print, printJson } from '../output.ts';
import { type Session, withSession } from '../session.ts';
import { textTable } from '../table.ts';
import { EXIT, readArguments, UsageError } from '../usage.ts';

const TEMPORARY = { project: { kind: 'temporary' } } as const;

/** `onset model list`. */
export async function listModels(args: readonly string[]): Promise<number> {
  const { values } = readArguments(args, { json: { type: 'boolean' } }, undefined);
  return withSession(TEMPORARY, async ({ client }) => {
    const models = await client.call('model.list', {});
    await (values.json === true ? printJson(models) : print(table(models)));
    return models.some(({ problem }) => problem !== undefined) ? EXIT.failedInPart : EXIT.done;
  });
}

/** `onset model info ID`. */
export async function describeModel(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    args,
    { json: { type: 'boolean' } },
    { atLeast: 1, what: 'the model' },
  );
  return withSession(TEMPORARY, async (session) => {
    const model = await modelOf(session, positionals[0] ?? '');
    await (values.json === true ? printJson(model) : print(sheet(model)));
    return model.problem === undefined ? EXIT.done : EXIT.failedInPart;
  });
}

/** An installed model by its name, or the pack in a folder. Throws a UsageError for neither. */
async function modelOf(session: Session, wanted: string): Promise<ModelInfo> {
  const { client } = session;
  const models = await client.call('model.list', {});
  const model = models.find(({ id }) => id === wanted);
  if (model !== undefined) return model;
  if (statSync(wanted, { throwIfNoEntry: false })?.isDirectory() === true) {
    return client.call('model.describe', { folder: session.grant(wanted) });
  }
  const known = models.map(({ id }) => id).join(', ');
  throw new UsageError(`there is no model "${wanted}"; installed: ${known || 'none'}`);
}

function table(models: readonly ModelInfo[]): string {
  const header = ['model', 'use', 'labels', 'Hz', 'window s', 'licence', 'checksum', 'from'];
  const rows = models.map((model) => [
    model.id,
    model.use,
    model.labels.join(' '),
    String(model.samplingRateHz),
    windowText(model),
    model.licence.length > 24 ? `${model.licence.slice(0, 23)}…` : model.licence,
    model.problem === undefined ? model.checksum : 'CANNOT RUN',
    model.place === 'shipped' ? 'Onset' : 'you',
  ]);
  return textTable(header, rows, new Set(['Hz', 'window s']));
}

function windowText({ windowSamples, samplingRateHz }: ModelInfo): string {
  return samplingRateHz > 0 ? (windowSamples / samplingRateHz).toFixed(2) : '';
}

function sheet(model: ModelInfo): string {
  const { settings } = model;
  const rows: [string, string | undefined][] = [
    ['model', [model.id, model.version].filter((text) => text !== '').join(' ')],
    ['title', model.title],
    ['network', model.network],
    ['use', model.useNote],
    ['licence', model.licence],
    ['source', model.source],
    ['citation', model.citation],
    ['training data', model.trainingData.join('; ') || 'not stated'],
    ['sha-256', `${model.sha256} (${model.checksum})`],
    ['rate', `${model.samplingRateHz} Hz`],
    ['window', `${model.windowSamples} samples${model.anyLength ? ', or any length' : ''}`],
    ['components', model.components.join(' ')],
    ['missing', model.missingComponents],
    ['labels', model.labels.join(' ')],
    ['thresholds', settings && thresholdText(settings.thresholds)],
    ['presets', Object.keys(model.presets).join(', ') || undefined],
    ...model.limits.map((limit): [string, string] => ['limit', limit]),
    ...model.warnings.map((warning): [string, string] => ['WARNING', warning]),
    ['CANNOT RUN', model.problem],
  ];
  return rows
    .filter((row): row is [string, string] => row[1] !== undefined && row[1] !== '')
    .map(([name, text]) => `${name.padEnd(14)}${text}\n`)
    .join('');
}

function thresholdText(thresholds: Readonly<Record<string, number>>): string {
  return Object.entries(thresholds)
    .map(([label, value]) => `${label} ${value}`)
    .join(', ');
}
