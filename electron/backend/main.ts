// Entry of the backend's utility process. Pages come with a port each; the shell starts inference for it.

import type { MessagePortMain } from 'electron';
import { type Backend, createBackend } from '../../src/backend/createBackend.ts';
import type { InferencePipe } from '../../src/backend/inference/inferenceClient.ts';
import { chooseProject } from '../../src/backend/project.ts';
import { messageOf } from '../../src/base/appError.ts';
import { messagePortTransport } from '../../src/contract/messagePortTransport.ts';
import { startHost } from '../../src/host/host.ts';
import type { FromBackend, ToBackend } from '../main/backendMessages.ts';
import { connectOrOpenHost } from './connectOrOpenHost.ts';

const { parentPort } = process;
const tell = (message: FromBackend): void => parentPort.postMessage(message);

const waitingForInference: ((port: MessagePortMain) => void)[] = [];

function startInference(): Promise<InferencePipe> {
  return new Promise((resolve) => {
    waitingForInference.push((port) => resolve(messagePortTransport(port)));
    tell({ kind: 'start-inference' });
  });
}

/** What the program was started with: one project, waveform files and folders, or nothing. */
async function open(paths: readonly string[]): Promise<Backend> {
  return createBackend({ project: chooseProject(paths), startInference });
}

const opening = open(process.argv.slice(2));
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
