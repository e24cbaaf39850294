import { afterAll, describe, expect, test } from 'vitest';
import type { RunnableModel } from '../../models/registry.ts';
import { InferenceClient } from './inferenceClient.ts';
import { openModelRegistry } from '../modelFiles.ts';
import { type ComparedBatch, Providers } from './providers.ts';
import { startInference } from './startInference.ts';

const client = new InferenceClient(startInference, 1);
afterAll(() => client.dispose());
const model = (): Promise<RunnableModel> => openModelRegistry().open('onset-1');

describe('with the real runtime', () => {
  test('the processor is always there and measured; what cannot be used says why', async () => {
    const reports = await new Providers(client, () => Promise.resolve([])).list(await model());
    expect(reports[0]).toMatchObject({ name: 'cpu', state: 'ready', largestDifference: undefined });
    expect(reports[0]!.windowsPerSecond).toBeGreaterThan(10);
    for (const { name, state, text, windowsPerSecond, largestDifference } of reports.slice(1)) {
      if (state === 'not-usable') {
        expect(text).toMatch(new RegExp(`^${name} cannot be used on this machine: .+`));
        expect(windowsPerSecond).toBeUndefined();
      } else expect(largestDifference).toBeGreaterThanOrEqual(0);
    }
  }, 30_000);

  test('a provider that nobody knows is refused with those there are', async () => {
    const providers = new Providers(client, () => Promise.resolve([]));
    await expect(providers.assertUsable(await model(), 'abacus')).rejects.toThrow(
      /there is no provider "abacus"; the runtime of this machine knows cpu.*, and cpu always works/,
    );
    await providers.assertUsable(await model());
    await providers.assertUsable(await model(), 'cpu');
  });
});

describe('compared before the first use', () => {
  /** A runtime with a second provider that answers so much more. */
  function withOther(more: number) {
    const asked: string[] = [];
    const inference = {
      providers: () => Promise.resolve([{ name: 'cpu' }, { name: 'other' }]),
      runWindows: ({ spec }: RunnableModel, { windows }: ComparedBatch, provider = 'cpu') => {
        asked.push(`${provider} ${windows}`);
        const length = windows * spec.labels.length * spec.windowSamples;
        const values = new Float32Array(length).fill(0.25 + (provider === 'other' ? more : 0));
        return Promise.resolve(values);
      },
    } as unknown as InferenceClient;
    return { inference, asked };
  }

  test('one that agrees may be used, and is compared once, on the windows of the pack', async () => {
    const { inference, asked } = withOther(2 ** -14);
    const { spec } = await model();
    const batch = {
      input: new Float32Array(3 * spec.components.length * spec.windowSamples),
      ...{ windows: 3, windowSamples: spec.windowSamples },
    };
    const providers = new Providers(inference, () => Promise.resolve([batch]));
    await providers.assertUsable(await model(), 'other');
    const count = asked.length;
    expect(asked.slice(0, 2)).toEqual(['other 3', 'cpu 3']);
    const [, other] = await providers.list(await model());
    expect(other).toMatchObject({ state: 'ready', largestDifference: 2 ** -14 });
    expect(other!.text).toBe(
      'other differs from the processor by 6.1e-5 at most over 3 windows of the pack',
    );
    expect(asked.slice(count).some((each) => each.startsWith('other'))).toBe(false);
  });

  test.each([0.01, NaN])('one that answers %d more is refused', async (more) => {
    const { inference } = withOther(more);
    const providers = new Providers(inference, () => Promise.resolve([]));
    await expect(providers.assertUsable(await model(), 'other')).rejects.toThrow(
      /differs from the processor by .* over 8 windows of noise, more than 0.001: it is not used with onset-1; use cpu/,
    );
  });
});
