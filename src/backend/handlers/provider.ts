import type { Handlers } from '../../contract/api.ts';
import type { BackendContext } from '../context.ts';
import { providersOf } from '../inference/openProviders.ts';

export function providerHandlers(context: BackendContext): Pick<Handlers, 'model.providers'> {
  return {
    'model.providers': async ({ modelId, folder }) => {
      const { models, grants } = context;
      const path = folder === undefined ? undefined : grants.resolve(folder, 'read');
      const model = path === undefined ? await models.open(modelId) : await models.openFolder(path);
      return providersOf(context).list(model);
    },
  };
}
