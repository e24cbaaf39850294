import type { EventName, Payload } from '../contract/api.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { JobQueue } from '../jobs/jobQueue.ts';

import type { ModelRegistry } from '../models/registry.ts';
import type { WaveformStore } from '../waveforms/store.ts';
import type { FileGrants } from './grants.ts';
import type { InferenceClient } from './inference/inferenceClient.ts';
import type { Pool } from './pool.ts';
import type { Sources } from './sources.ts';

/** What the handlers work with. Catalog, store and sources change when another project is opened. */
export interface BackendContext {
  readonly catalog: Catalog;
  readonly store: WaveformStore;
  readonly sources: Sources;
  readonly pool: Pool;
  readonly jobs: JobQueue;
  readonly models: ModelRegistry;
  readonly inference: InferenceClient;
  readonly grants: FileGrants;
  /** Who makes the picks: the user name of the system unless the settings say otherwise, which they may at any time. */
  readonly author: string;
  readonly programVersion: string;
  /** Folder for what can be made again (probability curves); beside the project. */
  readonly cacheFolder: string;
  /** Length of the blocks in which a sensor is read and what is finished is stored; the usual one when undefined. */
  readonly scanBlockS?: number | undefined;
  emit<N extends EventName>(name: N, payload: Payload<N>): void;
}
