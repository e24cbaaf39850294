// The model's process is killed for real (SIGKILL); nothing may be lost and nothing may hang.

import { afterEach, describe, expect, test } from 'vitest';
import type { RunnableModel } from '../../models/registry.ts';
import { defaultSettings } from '../../models/settings.ts';
import { type InferencePipe, InferenceClient } from './inferenceClient.ts';
import type { Stretch } from './inferenceStretch.ts';
import { openModelRegistry } from '../modelFiles.ts';
import { startInference } from './startInference.ts';

const SAMPLES = 500_000;
const never = new AbortController().signal;
const clients: InferenceClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
});

function made(client: InferenceClient): InferenceClient {
  clients.push(client);
  return client;
}

async function stretch(onWindows?: () => void): Promise<Stretch> {
  const model: RunnableModel = await openModelRegistry().open('onset-1');
  const inputs = [1, 2, 3].map((seed) => {
    let state = seed;
    return Int32Array.from({ length: SAMPLES }, () => {
      state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
      return state >> 20;
    });
  });
  const settings = defaultSettings(model.spec);
  const run = { model, settings, rows: [1, 2], samples: SAMPLES, inputs };
  return { ...run, ...(onWindows && { onWindows }) };
}

describe('the model’s process', () => {
  test('killed in mid-run it is started again and the curves are the same', async () => {
    const calm = await made(new InferenceClient(startInference, 2)).run(await stretch(), never);
    const pipes: InferencePipe[] = [];
    const client = made(
      new InferenceClient(async (threads) => {
        const pipe = await startInference(threads);
        pipes.push(pipe);
        return pipe;
      }, 2),
    );
    let answers = 0;
    const killed = await client.run(
      await stretch(() => {
        answers += 1;
        if (answers === 1 || answers === 3) pipes.at(-1)?.kill?.();
      }),
      never,
    );
    expect(client.stats.deaths).toBe(2);
    expect(pipes).toHaveLength(3);
    expect(killed).toEqual(calm);
  });

  test('dying three times on the same windows it is given up, with words, and others go on', async () => {
    let poisoned = true;
    const client = made(
      new InferenceClient(async (threads) => {
        const pipe = await startInference(threads);
        if (!poisoned) return pipe;
        // As a crash of the runtime would: the process ends on what it is sent.
        const end = (): void => pipe.kill?.();
        return { ...pipe, send: end, sendParts: end };
      }, 1),
    );
    await expect(client.run(await stretch(), never)).rejects.toThrow(
      /ended 3 times on the same \d+ windows/,
    );
    poisoned = false;
    const [curve] = await client.run(await stretch(), never);
    expect(curve?.length).toBe(SAMPLES);
  });

  test('that cannot be started is an error, not a wait', async () => {
    const client = made(
      new InferenceClient(() => Promise.reject(new Error('no room for a process')), 1),
    );
    await expect(client.run(await stretch(), never)).rejects.toThrow('no room for a process');
  });

  test('a cancelled run ends at once and the next one is not disturbed', async () => {
    const client = made(new InferenceClient(startInference, 2));
    const controller = new AbortController();
    const first = client.run(await stretch(() => controller.abort()), controller.signal);
    await expect(first).rejects.toMatchObject({ code: 'cancelled' });
    const curves = await client.run(await stretch(), never);
    expect(curves.map(({ length }) => length)).toEqual([SAMPLES, SAMPLES]);
    await expect(client.run(await stretch(), AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  test('a stretch shorter than a window has no answers and starts nothing', async () => {
    const client = made(new InferenceClient(() => Promise.reject(new Error('not needed')), 1));
    const whole = await stretch();
    const curves = await client.run({ ...whole, samples: 3000 }, never);
    expect(curves).toEqual([new Float32Array(3000).fill(NaN), new Float32Array(3000).fill(NaN)]);
  });

  test('with nothing to do it is ended, and started again when there is', async () => {
    let starts = 0;
    const start = (threads: number): Promise<InferencePipe> => {
      starts += 1;
      return startInference(threads);
    };
    const ended = made(new InferenceClient(start, 1, 0));
    const idle = made(new InferenceClient(start, 1));
    const whole = await stretch();
    const some = { ...whole, samples: 9000 };
    for (const [client, expected] of [
      [ended, 2],
      [idle, 1],
    ] as const) {
      starts = 0;
      const first = await client.run(some, never);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await client.run(some, never)).toEqual(first);
      expect([starts, client.stats.deaths]).toEqual([expected, 0]);
    }
  });

  test('that cannot be started is told by the run and not before', async () => {
    const client = made(new InferenceClient(() => Promise.reject(new Error('no memory')), 1));
    const whole = await stretch();
    client.prepare(whole.model);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(client.run(whole, never)).rejects.toThrow('no memory');
  });
});
