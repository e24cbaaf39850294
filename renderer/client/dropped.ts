// What was dropped on the page: models go to the library, lists of picks into the catalog, everything else is
// opened as waveforms.

import type { FileRef, ReceivedFile } from '../../src/contract/messages/session.ts';
import type { App } from '../state/app.svelte.ts';

/** By their names, for a browser, which has to send them before anyone can look inside. */
const MODEL_FILE =
  /(\.(onnx|pt|pth|h5|hd5|hdf5|index|meta|json|zip)|\.(pt|pth|json)\.v\d+|\.data-\d{5}-of-\d{5}|^checkpoint)$/i;
const PICK_FILE = /\.(csv|tsv|xml|quakeml|qml|markers)$/i;
const DEEPEST = 3;

export interface Dropped {
  readonly files: readonly File[];
  readonly entries: readonly FileSystemEntry[];
}

/** Has to be called while the drop event is being handled: what it holds is gone afterwards. */
export function droppedThings(event: DragEvent): Dropped {
  const items = [...(event.dataTransfer?.items ?? [])];
  const entries = items.flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  return { files: [...(event.dataTransfer?.files ?? [])], entries };
}

export async function takeDropped(app: App, dropped: Dropped): Promise<void> {
  const { client, host, library } = app;
  if (dropped.files.length === 0 && dropped.entries.length === 0) return;
  if (host.sends) {
    const files = await filesToSend(dropped);
    if (files.length === 0) {
      app.notices.add({
        level: 'info',
        text: 'A browser does not say where dropped files lie. Open them with Ctrl O from the folders given to onset serve --data.',
        file: undefined,
      });
      return;
    }
    const { files: sent } = await client.call('file.receive', { files });
    const isPicks = files.every(({ name }) => PICK_FILE.test(name));
    if (isPicks) await takeInPicks(app, sent);
    else await library.import(sent);
    return;
  }
  const refs = await host.droppedFiles(dropped.files);
  if (refs.length === 0) return;
  const { files: models } = await client.call('model.recognise', { files: refs });
  const names = dropped.files.map((file) => file.name);
  // A .json beside weights belongs to them.
  const withModels = (ref: FileRef, i: number): boolean =>
    models.includes(ref) || (models.length > 0 && MODEL_FILE.test(names[i] ?? ''));
  const forLibrary = refs.filter(withModels);
  const isPicks = (i: number): boolean => PICK_FILE.test(names[i] ?? '');
  const waveforms = refs.filter((ref, i) => !withModels(ref, i) && !isPicks(i));
  const picks = refs.filter((ref, i) => !withModels(ref, i) && isPicks(i));
  if (picks.length > 0) await takeInPicks(app, picks);
  if (waveforms.length > 0) await client.call('source.add', { files: waveforms });
  if (forLibrary.length > 0) await library.import(forLibrary);
}

/** Picks and events of files, into the catalog. */
export async function takeInPicks(app: App, files: readonly FileRef[]): Promise<void> {
  const report = await app.client.call('import.files', { files });
  await Promise.all([app.queue.reload(), app.events.load(), app.picks.loadCounts()]);
  app.dialogs.showImported(report);
}

async function filesToSend({ files, entries }: Dropped): Promise<ReceivedFile[]> {
  const found: { name: string; file: File }[] = [];
  if (entries.length > 0) for (const entry of entries) await gather(entry, '', found, DEEPEST);
  else found.push(...files.map((file) => ({ name: file.name, file })));
  const wanted = found.filter(
    ({ file }) => MODEL_FILE.test(file.name) || PICK_FILE.test(file.name),
  );
  return Promise.all(
    wanted.map(async ({ name, file }) => ({ name, bytes: new Uint8Array(await file.arrayBuffer()) })), // prettier-ignore
  );
}

async function gather(
  entry: FileSystemEntry,
  folder: string,
  found: { name: string; file: File }[],
  deepest: number,
): Promise<void> {
  const name = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ name, file });
    return;
  }
  if (deepest === 0) return;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const inside of some) await gather(inside, `${name}/`, found, deepest - 1);
  }
}
