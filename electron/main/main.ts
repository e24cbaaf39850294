import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
} from 'electron';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileArguments, Shell } from './shell.ts';

const outFolder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const programArguments = app.isPackaged ? process.argv : process.argv.slice(1);

const desktop = new Shell(
  {
    app,
    BrowserWindow,
    dialog,
    ipcMain,
    Menu,
    MessageChannelMain,
    protocol,
    screen,
    // The session exists only once the app is ready.
    session: {
      get defaultSession() {
        return session.defaultSession;
      },
    },
    shell,
    utilityProcess,
  },
  {
    outFolder,
    args: fileArguments(programArguments),
    log: (line) => process.stderr.write(`${line}\n`),
  },
);
await desktop.start();
