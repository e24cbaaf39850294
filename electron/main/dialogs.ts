import type { OpenDialogOptions } from 'electron';
import type { FileKind } from '../../src/contract/hostBridgeTypes.ts';
import type { BackendProcess } from './backendProcess.ts';
import type { ElectronApi } from './electronApi.ts';

const ALL_FILES = { name: 'All files', extensions: ['*'] };
const CATALOGS = ['xml', 'quakeml', 'qml', 'markers', 'txt', 'csv', 'tsv'];

const OPEN: Readonly<Record<FileKind, OpenDialogOptions>> = {
  waveforms: { title: 'Open waveforms', properties: ['openFile', 'multiSelections'] },
  folder: { title: 'Open a folder of waveforms', properties: ['openDirectory', 'multiSelections'] },
  import: {
    title: 'Import picks',
    properties: ['openFile', 'multiSelections'],
    filters: [{ name: 'QuakeML, snuffler markers, CSV', extensions: CATALOGS }, ALL_FILES],
  },
  reference: {
    title: 'Reference picks',
    properties: ['openFile'],
    filters: [
      { name: 'QuakeML, markers, CSV, JSON, projects', extensions: [...CATALOGS, 'json', 'onset'] },
      ALL_FILES,
    ],
  },
  set: {
    title: 'Import a parameter set',
    properties: ['openFile'],
    filters: [{ name: 'Parameter sets', extensions: ['json'] }, ALL_FILES],
  },
  models: {
    title: 'Import models',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'Weights and packs', extensions: ['onnx', 'pt', 'pth', 'h5', 'hd5', 'hdf5', 'json', 'index', 'meta', 'zip'] }, // prettier-ignore
      ALL_FILES,
    ],
  },
  modelFolder: {
    title: 'Import models from a folder',
    properties: ['openDirectory', 'multiSelections'],
  },
  project: {
    title: 'Open a project',
    properties: ['openFile'],
    filters: [{ name: 'Onset projects', extensions: ['onset'] }],
  },
};

/** Answers the page's file requests: what a person picked becomes a grant, never a path. */
export function serveDialogs(api: ElectronApi, backend: () => BackendProcess | undefined): void {
  const grant = async (paths: readonly string[]): Promise<readonly string[]> =>
    (await backend()?.grant(paths)) ?? [];
  api.ipcMain.handle('pick-files', async (_event, kind: unknown) => {
    const options = OPEN[kind as FileKind];
    if (!options) return [];
    const { canceled, filePaths } = await api.dialog.showOpenDialog(options);
    return canceled ? [] : grant(filePaths);
  });
  api.ipcMain.handle('save-as', async (_event, name: unknown) => {
    const { canceled, filePath } = await api.dialog.showSaveDialog({ defaultPath: String(name) });
    return canceled || !filePath ? undefined : (await grant([filePath]))[0];
  });
  api.ipcMain.handle('grant-dropped', (_event, paths: unknown) =>
    grant(
      Array.isArray(paths) ? paths.filter((path) => typeof path === 'string' && path !== '') : [],
    ),
  );
}
