import type { MessagePortMain } from 'electron';
import { INFERENCE_ENVIRONMENT } from '../../src/backend/inference/inferenceEnvironment.ts';
import type { FromBackend, ToBackend } from './backendMessages.ts';
import type { ElectronApi, ShellProcess } from './electronApi.ts';

export interface BackendEvents {
  hostOpened(url: string, reason: string): void;
  failed(message: string): void;
}

/** The backend's utility process, seen from the shell: hands over ports and grants, starts inference for it. */
export class BackendProcess {
  readonly #api: ElectronApi;
  readonly #child: ShellProcess;
  readonly #inferenceEntry: string;
  readonly #events: BackendEvents;
  readonly #grants = new Map<number, (refs: readonly string[]) => void>();
  #inference: ShellProcess | undefined;
  #lastGrant = 0;
  #closing = false;

  constructor(
    api: ElectronApi,
    entries: { readonly backend: string; readonly inference: string },
    args: readonly string[],
    events: BackendEvents,
  ) {
    this.#api = api;
    this.#events = events;
    this.#inferenceEntry = entries.inference;
    this.#child = api.utilityProcess.fork(entries.backend, [...args], {
      serviceName: 'Onset backend',
    });
    this.#child.on('message', (message: unknown) => this.#receive(message as FromBackend));
    this.#child.on('exit', (code: number) => {
      if (!this.#closing)
        events.failed(
          `The backend ended unexpectedly (exit code ${code}). Every saved edit is in the project file; start Onset again.`,
        );
    });
  }

  connect(port: MessagePortMain): void {
    this.#send({ kind: 'connect' }, [port]);
  }

  /** Grants for paths a person named in a dialog, on the command line or by a drop. */
  grant(paths: readonly string[]): Promise<readonly string[]> {
    if (paths.length === 0) return Promise.resolve([]);
    this.#lastGrant += 1;
    const id = this.#lastGrant;
    return new Promise((resolve) => {
      this.#grants.set(id, resolve);
      this.#send({ kind: 'grant', id, paths });
    });
  }

  close(): void {
    this.#closing = true;
    this.#send({ kind: 'close' });
    this.#inference?.kill();
  }

  #send(message: ToBackend, ports: MessagePortMain[] = []): void {
    this.#child.postMessage(message, ports);
  }

  #receive(message: FromBackend): void {
    if (message.kind === 'granted') {
      this.#grants.get(message.id)?.(message.refs);
      this.#grants.delete(message.id);
    } else if (message.kind === 'start-inference') {
      this.#startInference();
    } else if (message.kind === 'host-opened') {
      this.#events.hostOpened(message.url, message.reason);
    } else {
      this.#events.failed(message.message);
    }
  }

  /** Both ends get a port of one channel; the shell then stays out of the traffic. */
  #startInference(): void {
    this.#inference?.kill();
    const { port1, port2 } = new this.#api.MessageChannelMain();
    this.#inference = this.#api.utilityProcess.fork(this.#inferenceEntry, [], {
      serviceName: 'Onset inference',
      env: { ...process.env, ...INFERENCE_ENVIRONMENT },
    });
    this.#inference.on('exit', () => port1.close());
    this.#inference.postMessage({ kind: 'connect' }, [port2]);
    this.#send({ kind: 'inference-started' }, [port1]);
  }
}
