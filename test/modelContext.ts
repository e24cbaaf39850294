// What a run of a model needs of a backend, made of the real parts, without pages or settings.

import { join } from 'node:path';
import type { BackendContext } from '../src/backend/context.ts';
import { FileGrants } from '../src/backend/grants.ts';
import { modelHandlers } from '../src/backend/handlers/model.ts';
import { InferenceClient, type StartInference } from '../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../src/backend/modelFiles.ts';
import { startPool } from '../src/backend/pool.ts';
import { Sources } from '../src/backend/sources.ts';
import { startInference } from '../src/backend/inference/startInference.ts';
import { Catalog } from '../src/catalog/catalog.ts';
import type { Notice } from '../src/contract/messages/session.ts';
import { JobQueue, type JobView } from '../src/jobs/jobQueue.ts';
import { WaveformStore } from '../src/waveforms/store.ts';

export interface ModelBench {
  readonly context: BackendContext;
  readonly handlers: ReturnType<typeof modelHandlers>;
  readonly notices: Notice[];
  /** The job's last view. */
  finished(jobId: string): Promise<JobView>;
  close(): Promise<void>;
}

export interface ModelBenchOptions {
  readonly start?: StartInference;
  readonly cacheFolder?: string;
}

/** A project in `folder`. */
export function openModelBench(
  folder: string,
  name: string,
  options: ModelBenchOptions = {},
): ModelBench {
  const catalog = Catalog.open(join(folder, `${name}.onset`), { author: 'tester' });
  const pool = startPool();
  const store = new WaveformStore();
  const jobs = new JobQueue();
  const notices: Notice[] = [];
  const repository = catalog.sources;
  const sources = new Sources({ pool, store, repository, onChange: () => undefined });
  const inference = new InferenceClient(options.start ?? startInference);
  const context: BackendContext = {
    catalog,
    store,
    sources,
    pool,
    jobs,
    models: openModelRegistry(),
    inference,
    grants: new FileGrants([]),
    author: 'tester',
    programVersion: '0.0.0-test',
    cacheFolder: options.cacheFolder ?? join(folder, `${name}.cache`),
    emit: (event, payload) => {
      if (event === 'session.noticed') notices.push(payload as Notice);
    },
  };
  return {
    context,
    handlers: modelHandlers(context),
    notices,
    async finished(jobId) {
      for (;;) {
        const job = jobs.list().find(({ id }) => id === jobId);
        if (job !== undefined && job.state !== 'running' && job.state !== 'waiting') return job;
        await new Promise((resolve) => setTimeout(resolve, 4));
      }
    },
    async close() {
      inference.dispose();
      await pool.close();
      catalog.close();
    },
  };
}
