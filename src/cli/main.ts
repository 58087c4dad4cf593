#!/usr/bin/env node
/** The `kist` command. In a process that a supervisor started, the body of a worker. */
import { isSupervised } from '../http/supervised-worker.ts';

const loadServer = async () => (await import('../server.ts')).startServer;
const loadKeyRing = async () => (await import('../server.ts')).useKeyRing;

if (isSupervised()) {
  const { serveAsWorker } = await import('./serve.ts');
  serveAsWorker(loadServer);
} else {
  const { runCommand } = await import('./program.ts');
  process.exit(await runCommand(process.argv.slice(2), { loadServer, loadKeyRing }));
}
