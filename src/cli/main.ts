#!/usr/bin/env node
/** The `kist` command. In a process that a supervisor started, the body of a worker. */
import { dismissEarly, startEarly } from '../http/early-process.ts';
import { isSupervised } from '../http/supervised-worker.ts';
import { isBenchWorker } from './bench/worker-process.ts';

const loadServer = async () => (await import('../server.ts')).startServer;
const loadKeyRing = async () => (await import('../server.ts')).useKeyRing;
const loadBackups = () => import('../server-backup.ts');
const loadOffline = () => import('../server-offline.ts');
const loadDoctor = () => import('../server-doctor.ts');

if (isBenchWorker()) {
  const { workForCrew } = await import('./bench/crew.ts');
  workForCrew();
} else if (isSupervised()) {
  const { serveAsWorker } = await import('./serve-worker.ts');
  serveAsWorker(loadServer);
} else {
  if (process.argv[2] === 'serve') startEarly();
  const { runCommand } = await import('./program.ts');
  const loaders = { loadServer, loadKeyRing, loadBackups, loadOffline, loadDoctor };
  const exitCode = await runCommand(process.argv.slice(2), loaders);
  // After --help, or a mistake: whoever reads the output waits for the last process that has it open.
  dismissEarly();
  process.exit(exitCode);
}
