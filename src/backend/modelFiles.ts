import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelFiles, type ModelFolder, ModelRegistry } from '../models/registry.ts';
import { resourcesFolder } from './resources.ts';

const diskFiles: ModelFiles = {
  async listFolders(folder) {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  },
  async read(path) {
    try {
      // Not the Buffer itself: JSON would spell one out before the frame codec sees it.
      const { buffer, byteOffset, byteLength } = await readFile(path);
      return new Uint8Array(buffer, byteOffset, byteLength);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
  sha256: (bytes) => Promise.resolve(createHash('sha256').update(bytes).digest('hex')),
};

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The models shipped with the program and those of the person's own folder, if one is named. */
export function openModelRegistry(userFolder?: string): ModelRegistry {
  const shipped = join(resourcesFolder(), 'models');
  const folders: ModelFolder[] = [{ path: shipped, place: 'shipped' }];
  if (userFolder !== undefined) folders.push({ path: userFolder, place: 'own' });
  return new ModelRegistry(diskFiles, folders);
}
