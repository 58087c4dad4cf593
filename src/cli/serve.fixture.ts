/** The `kist` command over a server that only says who it is: for tests of the command itself. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSupervised } from '../http/supervised-worker.ts';
import type { StartServer } from '../http/supervisor.ts';
import { createMetrics } from '../observe/metrics.ts';
import type { ServerConfig } from '../server.ts';
import { runCommand } from './program.ts';
import { serveAsWorker } from './serve-worker.ts';

const startServer: StartServer<ServerConfig> = async (config, role) => {
  const metrics = createMetrics(`${role.kind}-${role.slot}`);
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ role, pid: process.pid, config }));
  });
  if (role.kind !== 'jobs') {
    server.listen(config.port, config.host);
    await once(server, 'listening');
  }
  return {
    s3:
      role.kind === 'jobs'
        ? undefined
        : { host: config.host, port: (server.address() as AddressInfo).port },
    drain: async () => {
      server.close();
    },
    close: async () => server.closeAllConnections(),
    health: async () => {},
    metrics: () => metrics.snapshot(),
  };
};

const loadServer = async () => startServer;
const loadKeyRing = async () => (await import('../server.ts')).useKeyRing;
const loadBackups = () => import('../server-backup.ts');
const loadOffline = () => import('../server-offline.ts');
const loadDoctor = () => import('../server-doctor.ts');

if (isSupervised()) serveAsWorker(loadServer);
else
  process.exit(
    await runCommand(process.argv.slice(2), {
      ...{ loadServer, loadKeyRing, loadBackups, loadOffline, loadDoctor },
    }),
  );
