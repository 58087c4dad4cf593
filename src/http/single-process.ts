/** A server in one process, without a supervisor: what memory cannot share, it doesn't have to. */
import type { Readiness } from '../observe/health.ts';
import { renderMetrics } from '../observe/metrics-page.ts';
import type { FirstProcess } from './first-process.ts';
import { listenBeside, listenError } from './side-listeners.ts';
import { watchStopSignals } from './stop-signals.ts';
import { drainAndClose } from './supervised-worker.ts';
import type { StartServer, SupervisorOptions } from './supervisor.ts';

export type SingleProcessOptions = Omit<SupervisorOptions, 'workers' | 'metrics' | 'reload'>;

/** As `supervise`: until a signal ends it, with the exit code. */
export async function serveInOneProcess<Config>(
  config: Config,
  startServer: StartServer<Config>,
  options: SingleProcessOptions,
): Promise<number> {
  const { log } = options;
  const signals = watchStopSignals(log);
  const startedAt = Date.now();
  try {
    let stopping = false;
    const first: FirstProcess = {
      status: async () => ({
        startedAt,
        readiness: await readiness(),
        processes: [
          { name: 'all', pid: process.pid, ready: true, readyMs: Date.now() - startedAt },
        ],
      }),
      metrics: async () => [server.metrics()],
      reload: async () => {
        throw new Error('a server in one process reads its configuration once: start it again');
      },
    };
    const role = { kind: 'all', slot: 0 } as const;
    const server = await startServer(config, role, options.tls, first).catch((error: unknown) => {
      throw listenError(error, options, '--port');
    });
    const readiness = async (): Promise<Readiness> => {
      if (stopping) return { ready: false, reason: 'stopping' };
      return server.health().then(
        () => ({ ready: true }),
        (error: unknown) => ({ ready: false, reason: String(error) }),
      );
    };
    const metrics = () => renderMetrics([server.metrics()]);
    const s3Port = () => server.s3?.port ?? options.port;
    const beside = await listenBeside(
      options,
      { metrics, readiness },
      s3Port,
      server.api?.handle,
    ).catch(async (error: unknown) => {
      await server.close();
      throw error;
    });
    const { console, redirects } = beside;
    if (server.s3 !== undefined) options.onReady({ s3: server.s3, console, redirects });

    log.info('stopping', { signal: await signals.first });
    stopping = true;
    const drained = drainAndClose(server, options.drainTimeoutMs).then(() => 0);
    const exitCode = await Promise.race([drained, signals.second]);
    await beside.close();
    return exitCode;
  } finally {
    signals.dispose();
    log.flush();
  }
}
