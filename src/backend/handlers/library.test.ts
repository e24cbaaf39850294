import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { failure, type Page, temporaryBackends } from '../../../test/backendPage.ts';
import { joined, writeZip } from '../../../test/conformance/weightsZip.ts';
import { customNetwork, customParity, writeCustomPack } from '../../../test/customPack.ts';
import type { ModelImportAnswers } from '../../contract/messages/models.ts';

const { folder, start } = temporaryBackends();
let users = 0;

/** A page of a person without models of their own, and where those would be. */
async function fresh(): Promise<{ page: Page; models: string; user: string }> {
  const user = join(folder, `user-${++users}`);
  return { page: await start({ userFolder: user }), models: join(user, 'models'), user };
}

async function importInto(page: Page, paths: readonly string[], answers?: ModelImportAnswers) {
  const files = paths.map((path) => page.backend.grants.grant(path));
  const { jobId } = await page.call('model.import', { files, ...(answers ? { answers } : {}) });
  const job = await page.ended(jobId);
  expect(job.state).toBe('done');
  return page.call('model.importReport', { jobId });
}

async function verify(page: Page, args: { modelIds?: string[]; folders?: string[] }) {
  const folders = args.folders?.map((path) => page.backend.grants.grant(path));
  const { jobId } = await page.call('model.verify', {
    ...(args.modelIds ? { modelIds: args.modelIds } : {}),
    ...(folders ? { folders } : {}),
  });
  await page.ended(jobId);
  return page.call('model.verifyReport', { jobId });
}

function listed(models: string): string[] {
  try {
    return readdirSync(models).sort();
  } catch {
    return [];
  }
}

const pack = (name: string, change?: Parameters<typeof writeCustomPack>[1]) =>
  writeCustomPack(join(folder, name), change);

describe('a model somebody wrote', () => {
  test('is installed from its folder, verified, picks, and is removed', async () => {
    const { page, models } = await fresh();
    const changed: unknown[] = [];
    page.client.on('model.changed', (payload) => changed.push(payload));
    const [report] = await importInto(page, [pack('whole')]);
    expect(report).toMatchObject({
      modelId: 'my-picker',
      error: undefined,
      parity: { verdict: 'pass', windows: 1, values: 6, largestPickDifferenceS: 0 },
    });
    expect(report!.warnings.join()).toContain('states no checksum of model.onnx');
    const [verified] = await verify(page, { modelIds: ['my-picker'] });
    expect(verified).toMatchObject({ checksum: 'matches', parity: { verdict: 'pass' } });

    const model = (await page.call('model.list', {})).find(({ id }) => id === 'my-picker');
    expect(model).toMatchObject({ place: 'own', use: 'picking', problem: undefined });
    await page.addFiles('data:0/day');
    const { jobId, runId } = await page.call('model.run', {
      modelId: 'my-picker',
      streamKeys: undefined,
      window: undefined,
      settings: undefined,
    });
    expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
    const run = (await page.call('run.list', {})).find(({ id }) => id === runId);
    expect(run).toMatchObject({ modelId: 'my-picker', state: 'done' });
    expect(run!.pickCount).toBeGreaterThan(0);

    await page.call('model.remove', { modelId: 'my-picker' });
    expect(listed(models)).toEqual([]);
    expect(changed).toHaveLength(2);
    expect((await failure(page.call('model.remove', { modelId: 'onset-1' }))).message).toContain(
      'came with Onset',
    );
  });

  test('is installed from a zip archive, packed or not, and from its network', async () => {
    const { page, models } = await fresh();
    const source = pack('zipped');
    const files = readdirSync(source).map((name) => {
      const bytes = new Uint8Array(readFileSync(join(source, name)));
      const packed = new Uint8Array(deflateRawSync(bytes));
      return { name: `my-picker/${name}`, bytes: packed, unpackedBytes: bytes.length };
    });
    const zip = join(folder, 'my-picker.zip');
    writeFileSync(zip, writeZip(files));
    expect(await importInto(page, [zip])).toMatchObject([
      { error: undefined, files: ['my-picker.zip'] },
    ]);
    const network = join(source, 'other.onnx');
    renameSync(join(source, 'model.onnx'), network);
    const answers = { id: 'second' };
    expect(await importInto(page, [network], answers)).toMatchObject([
      { modelId: 'second', error: undefined },
    ]);
    expect(listed(models)).toEqual(['my-picker', 'second']);
    expect(listed(join(models, 'second'))).toEqual(['model.json', 'model.onnx', 'parity.json']);
  });

  test('without numbers to compare with is "not compared", never a pass', async () => {
    const { page } = await fresh();
    const [report] = await importInto(page, [pack('silent', { parity: undefined })]);
    expect(report).toMatchObject({ error: undefined, parity: { verdict: 'not-compared' } });
    const [verified] = await verify(page, { folders: [join(folder, 'silent')] });
    expect(verified).toMatchObject({ checksum: 'unchecked', parity: { verdict: 'not-compared' } });
  });

  test('is not replaced unless asked, and then whole', async () => {
    const { page, models } = await fresh();
    const source = pack('twice');
    await importInto(page, [source]);
    expect((await importInto(page, [source]))[0]!.error).toContain('replace it');
    expect(await importInto(page, [source], { replace: true })).toMatchObject([
      { error: undefined },
    ]);
    expect(listed(models)).toEqual(['my-picker']);
    expect(
      (await importInto(page, [source], { id: 'onset-1', replace: true }))[0]!.error,
    ).toContain('came with Onset');
  });

  test('comes back when an import that was to replace it was killed', async () => {
    const { page, models } = await fresh();
    const source = pack('killed');
    await importInto(page, [source]);
    renameSync(join(models, 'my-picker'), join(models, '.replaced-my-picker'));
    const old = join(models, '.import-0123456789ab');
    mkdirSync(old);
    const longAgo = new Date(Date.now() - 86_400_000);
    utimesSync(old, longAgo, longAgo);
    mkdirSync(join(models, '.import-ba9876543210'));
    await importInto(page, [source], { id: 'other' });
    expect(listed(models)).toEqual(['.import-ba9876543210', 'my-picker', 'other']);
    const ids = (await page.call('model.list', {})).map(({ id }) => id);
    expect(ids).toEqual(['onset-1', 'my-picker', 'other']);
  });

  test('changed after it was installed is not run', async () => {
    const { page, models } = await fresh();
    await importInto(page, [pack('tampered')]);
    const path = join(models, 'my-picker', 'model.onnx');
    const bytes = readFileSync(path);
    bytes[bytes.length - 40]! ^= 1;
    writeFileSync(path, bytes);
    const [verified] = await verify(page, { modelIds: ['my-picker'] });
    expect(verified).toMatchObject({ checksum: 'differs', parity: undefined });
    expect(verified!.problem).toContain('not those of its card');
  });

  test('for tests only runs only where that is allowed', async () => {
    const { page } = await fresh();
    const [report] = await importInto(page, [pack('tests', { card: { use: 'tests only' } })]);
    expect(report!.warnings.join()).toContain('for tests only');
    await page.addFiles('data:0/day');
    const run = {
      modelId: 'my-picker',
      streamKeys: undefined,
      window: undefined,
      settings: undefined,
    };
    expect((await failure(page.call('model.run', run))).message).toContain('--allow-test-model');
    // Being loaded before it is run is nobody's question.
    for (const modelId of ['my-picker', 'nobody'])
      await page.call('model.prepare', { modelId, runOnce: true });
    const { jobId } = await page.call('model.run', { ...run, allowTestModel: true });
    expect(await page.ended(jobId)).toMatchObject({ state: 'done' });
  });
});

describe('refused with the reason, and nothing left', () => {
  const answers = customParity.vectors.spike;
  const otherNumbers = {
    ...customParity,
    vectors: { spike: { ...answers, probabilities: { 0: [0.5, 0.25, 0.25] } } },
  };
  test.each<[string, Parameters<typeof writeCustomPack>[1], string]>([
    ['other answers', { parity: otherNumbers }, 'does not answer as its original'],
    ['numbers that cannot be used', { parity: { vectors: { a: {} } } }, 'tolerance.probability'],
    ['another number of labels', { network: customNetwork(2) }, 'answered 1 × 2 × 1000'],
    ['one window at a time', { network: customNetwork(3, 1) }, 'takes one window at a time'],
    ['another window', { card: { window: { samples: 900 } } }, 'could not be run'],
    ['another input', { card: { input: 'x' } }, 'could not be run'],
    ['no rate', { card: { samplingRateHz: 0 } }, 'samplingRateHz'],
    ['no network', { network: joined([1, 2, 3]) }, 'could not be run'],
    [
      'a checksum of another',
      { card: { checksums: { 'model.onnx': 'ab'.repeat(32) } } },
      'is not the network of its card',
    ],
    [
      'a network that is not there',
      { card: { files: { 'model.onnx': '', 'more.onnx': '' } } },
      'names more.onnx',
    ],
    ['a name that leads away', { card: { id: '../evil' } }, 'id has to be'],
    ['another use', { card: { use: 'event classification' } }, 'not a picker'],
  ])('a pack with %s', async (name, change, reason) => {
    const { page, models, user } = await fresh();
    const [report] = await importInto(page, [pack(`bad ${name}`, change)]);
    expect(report!.error).toContain(reason);
    expect(listed(models)).toEqual([]);
    expect(listed(user)).not.toContain('evil');
    expect((await page.call('model.list', {})).map(({ id }) => id)).toEqual(['onset-1']);
  });

  test('a pickle with a program in it, a torn file, a file of another kind, an empty folder', async () => {
    const { page, models } = await fresh();
    const place = join(folder, 'hostile');
    mkdirSync(place);
    const text = (value: string) => new TextEncoder().encode(value);
    const pickle = joined([0x80, 2], text('cos\nsystem\n(X\x05\0\0\0touchtR.'));
    const write = (name: string, bytes: Uint8Array) => writeFileSync(join(place, name), bytes);
    write('hostile.pt', writeZip([{ name: 'a/data.pkl', bytes: pickle }]));
    write('torn.h5', joined([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], [0, 0, 0]));
    write('old.pt', pickle);
    write('lonely.onnx', customNetwork());
    write('lonely.index', joined([1]));
    write('notes.txt', text('hello'));
    mkdirSync(join(place, 'empty'));
    const names = [
      'hostile.pt',
      'torn.h5',
      'old.pt',
      'lonely.onnx',
      'lonely.index',
      'notes.txt',
      'empty',
    ];
    const reports = await importInto(
      page,
      names.map((name) => join(place, name)),
    );
    const reasons = reports.map(({ error }) => error);
    [
      'it names os.system',
      'torn.h5 cannot be read as HDF5',
      'it is no zip archive',
      'has no model.json beside it',
      'data files beside it',
      'no weights file known here',
      'no model in empty',
    ].forEach((reason, k) => expect(reasons[k]).toContain(reason));
    expect(reports).toHaveLength(names.length);
    expect(listed(models)).toEqual([]);
  });

  test('one bad file costs the others nothing', async () => {
    const { page, models } = await fresh();
    const place = join(folder, 'mixed');
    cpSync(pack('good one'), join(place, 'good'), { recursive: true });
    writeFileSync(join(place, 'bad.h5'), 'no weights');
    const reports = await importInto(page, [place]);
    expect(reports.map(({ error }) => error === undefined).sort()).toEqual([false, true]);
    expect(listed(models)).toEqual(['my-picker']);
  });
});
