// The backend as a person runs it: the built command line in a process of its own, spoken to as the page does.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { ensureBuild } from '../../src/cli/ensureBuild.mjs';
import type { Job } from '../../src/contract/messages/session.ts';
import { Client } from '../../src/contract/rpc.ts';
import { webSocketTransport } from '../../src/contract/webSocketTransport.ts';
import { LAUNCHER_ENV } from './launcherEnv.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BUILT_COMMAND = fileURLToPath(new URL('../../out/node/cli.js', import.meta.url));

export interface ServedBackend {
  readonly client: Client;
  /** Until the job has ended. */
  ended(start: Promise<{ jobId: string }>): Promise<Job>;
  /** CPU seconds so far, from the kernel; 0 where it does not say. */
  cpuSeconds(): { backend: number; model: number };
  /** Resident memory now, from the kernel; 0 where it does not say. */
  residentBytes(): { backend: number; model: number };
  close(): Promise<void>;
}

/** Builds what is not built and serves a new project with one data folder. */
export async function serveBuilt(project: string, dataFolder: string): Promise<ServedBackend> {
  ensureBuild(ROOT, ['renderer', 'src']);
  const args = [BUILT_COMMAND, 'serve', '--project', project, '--data', dataFolder];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...LAUNCHER_ENV, ...process.env },
  });
  const { origin, hash } = await addressOf(child);
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, { origin });
  const client = new Client(webSocketTransport(socket as never), {
    token: hash.replace('#token=', ''),
  });
  await client.ready();
  const seen = new Map<string, Job>();
  client.on('job.progressed', (job) => seen.set(job.id, job));
  return {
    client,
    ended: async (start) => {
      const { jobId } = await start;
      for (;;) {
        const job = seen.get(jobId);
        if (job && job.state !== 'waiting' && job.state !== 'running') return job;
        await new Promise<void>((resolve) => {
          const stop = client.on('job.progressed', () => (stop(), resolve()));
        });
      }
    },
    cpuSeconds: () => ({
      backend: cpuSecondsOf(child.pid),
      model: childrenOf(child.pid).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
    }),
    residentBytes: () => ({
      backend: residentBytesOf(child.pid),
      model: childrenOf(child.pid).reduce((sum, pid) => sum + residentBytesOf(pid), 0),
    }),
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      client.close();
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function addressOf(child: ChildProcess): Promise<URL> {
  let text = '';
  for await (const part of child.stdout ?? []) {
    text += String(part);
    const found = /Onset is at (\S+)\n/.exec(text)?.[1];
    if (found !== undefined) return new URL(found);
  }
  throw new Error(`the backend ended before it served: ${text}`);
}

function cpuSecondsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

function residentBytesOf(pid: number | undefined): number {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number | undefined): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}
