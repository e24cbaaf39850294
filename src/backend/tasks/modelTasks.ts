import { type TaskReply, transferable } from '../../jobs/task.ts';
import type { PreparedPack } from '../modelImport/preparedPack.ts';
import { readModel, type ReadModelArgs } from '../modelImport/readModel.ts';

/** A model from its published files, as the files of a pack. */
export async function readModelTask(args: ReadModelArgs): Promise<TaskReply<PreparedPack>> {
  const pack = await readModel(args);
  // Not slice(): a Buffer's answers a view, and memory that Node shares among its buffers cannot move.
  const files = pack.files.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes) }));
  return { value: { ...pack, files }, transfer: transferable(files.map(({ bytes }) => bytes)) };
}
