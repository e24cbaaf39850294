// Entry of the backend's utility process. Pages come with a port each; the shell starts inference for it.

import type { MessagePortMain } from 'electron';
import { createBackend, type ProjectChoice } from '../../src/backend/createBackend.ts';
import type { InferencePipe } from '../../src/backend/inferenceClient.ts';
import { messageOf } from '../../src/base/appError.ts';
import { messagePortTransport } from '../../src/contract/messagePortTransport.ts';
import { startHost } from '../../src/host/host.ts';
import type { FromBackend, ToBackend } from '../main/backendMessages.ts';
import { connectOrOpenHost } from './connectOrOpenHost.ts';

const { parentPort } = process;
const tell = (message: FromBackend): void => parentPort.postMessage(message);

/** What the program was started with: one project, waveform files and folders, or nothing. */
function projectFor(paths: readonly string[]): ProjectChoice {
  const project = paths.find((file) => file.endsWith('.onset'));
  if (project !== undefined) return { kind: 'file', path: project };
  return paths.length > 0 ? { kind: 'files', paths, add: true } : { kind: 'sample' };
}

const waitingForInference: ((port: MessagePortMain) => void)[] = [];

function startInference(): Promise<InferencePipe> {
  return new Promise((resolve) => {
    waitingForInference.push((port) => resolve(messagePortTransport(port)));
    tell({ kind: 'start-inference' });
  });
}

const opening = createBackend({ project: projectFor(process.argv.slice(2)), startInference });
opening.catch((error: unknown) => tell({ kind: 'failed', message: messageOf(error) }));

parentPort.on('message', ({ data, ports: [port] }) => {
  const message = data as ToBackend;
  if (message.kind === 'inference-started') {
    if (port) waitingForInference.shift()?.(port);
    return;
  }
  // A backend that could not be opened was reported above.
  void opening.then(
    async (backend) => {
      if (message.kind === 'connect' && port) {
        connectOrOpenHost(backend, messagePortTransport(port), startHost, (opened) =>
          tell({ kind: 'host-opened', ...opened }),
        );
      } else if (message.kind === 'grant') {
        const refs = message.paths.map((file) => backend.grants.grant(file));
        tell({ kind: 'granted', id: message.id, refs });
      } else if (message.kind === 'close') {
        await backend.close();
        process.exit(0);
      }
    },
    () => undefined,
  );
});
