// A home with the sample, the default model and a second one: the same weights under another name.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repoRoot } from '../shared.ts';

const PACK = path.join(repoRoot, 'resources', 'models', 'onset-1');

/** Writes the default pack under another id into a folder; `change` edits its card. */
export function copyPack(
  folder: string,
  id: string,
  title: string,
  change: (card: Record<string, unknown>) => void = () => undefined,
): string {
  const target = path.join(folder, id);
  mkdirSync(target, { recursive: true });
  cpSync(path.join(PACK, 'model.onnx'), path.join(target, 'model.onnx'));
  const card = JSON.parse(readFileSync(path.join(PACK, 'model.json'), 'utf8')) as Record<string, unknown>; // prettier-ignore
  Object.assign(card, { id, title });
  change(card);
  writeFileSync(path.join(target, 'model.json'), JSON.stringify(card));
  return target;
}

/** Where a person's own models are, under a home of a test. */
export const ownModels = (home: string): string => path.join(home, 'onset', 'models');
