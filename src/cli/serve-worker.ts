/**
 * The body of a process that a supervisor started: joins its server's claim on the data directory and serves.
 *
 * It loads neither the schema of the configuration nor what reads it, as the supervisor has checked all of it:
 * that was a quarter of a worker's start.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { runSupervised } from '../http/supervised-worker.ts';
import type { StartServer } from '../http/supervisor.ts';
import type { ServerConfig } from '../server.ts';
import { joinDataDirectory } from './data-directory.ts';

/** Late, so that the supervisor never loads the store. */
export type LoadServer = () => Promise<StartServer<ServerConfig>>;

/** What the supervisor hands to its processes. */
export interface WorkerStart {
  readonly config: ServerConfig;
  /** The data directory's claim, under which they join. */
  readonly claim: string;
  /** Of the supervisor, see `codeInUse`. */
  readonly code: string;
}

/**
 * Names the code that a process was started with. A build's entry names its files, and these have their
 * content's hash in their names, so that it says of all of them whether they are the same.
 */
export function codeInUse(): string {
  return createHash('sha256').update(readFileSync(process.argv[1]!)).digest('hex');
}

export function serveAsWorker(loadServer: LoadServer): void {
  // While the supervisor may still be reading the configuration; whoever waits for it hears of a failure.
  const loading = loadServer();
  loading.catch(() => {});
  runSupervised<WorkerStart>(async ({ config, claim, code }, role, tls, first) => {
    // Held to the end of the process, however that comes.
    await joinDataDirectory(config.dataDir, claim);
    const startServer = await loading;
    if (code === codeInUse()) return startServer(config, role, tls, first);
    // After a reload of the code, settings may be new to the supervisor that has read the configuration.
    const { defaultSettings } = await import('../config/load.ts');
    return startServer({ ...defaultSettings(), ...config }, role, tls, first);
  });
}
