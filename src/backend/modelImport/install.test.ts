import { expect, test } from 'vitest';
import type { ModelRegistry } from '../../models/registry.ts';
import { removePack } from './install.ts';

test('a model that cannot be removed is told in words, with its folder', async () => {
  const find = () => Promise.resolve({ folder: '/nowhere/models/mine', place: 'own' });
  await expect(removePack({ find } as unknown as ModelRegistry, 'mine')).rejects.toMatchObject({
    code: 'service',
    message: expect.stringMatching(/^mine was not removed: .*\/nowhere\/models/),
  });
});
