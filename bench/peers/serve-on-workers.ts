/** How a peer runs: as many processes as it has workers, on one loopback port, until SIGTERM. */
import cluster from 'node:cluster';
import { createServer, type RequestListener } from 'node:http';

export function serveOnWorkers(port: number, workers: number, answer: RequestListener): void {
  if (cluster.isPrimary) {
    process.on('SIGTERM', () => process.exit());
    for (let worker = 0; worker < workers; worker += 1) cluster.fork();
  } else {
    process.on('disconnect', () => process.exit());
    createServer(answer).listen(port, '127.0.0.1');
  }
}
