/** Connections that take and give little, in a process of their own, for as long as something else is measured. */
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { freePort, nodeCommand, type ServerProcess, startServer } from '../processes.ts';

export interface SlowLoad {
  readonly host: string;
  readonly port: number;
  /** See `writeRequests`: one for each connection, GET or PUT. */
  readonly requestsFile: string;
  /** Of each connection. */
  readonly bytesPerSecond: number;
  /** Where the process answers once all are under way. */
  readonly readyPort: number;
}

const client = join(import.meta.dirname, 'slow-clients-client.ts');

export async function startSlowClients(
  layout: Layout,
  load: Omit<SlowLoad, 'readyPort'>,
  logFile: string,
): Promise<ServerProcess> {
  const readyPort = await freePort();
  const command = nodeCommand(client, JSON.stringify({ ...load, readyPort } satisfies SlowLoad));
  return startServer({
    command: onCores(layout, layout.generatorCores, command),
    port: readyPort,
    logFile,
  });
}
