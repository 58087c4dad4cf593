/** A server in one process, without a supervisor: what memory cannot share, it doesn't have to. */
import type { Readiness } from '../observe/health.ts';
import { renderMetrics } from '../observe/metrics-page.ts';
import { listenForConsole } from './console-listener.ts';
import { explainListenFailure, listenFailureCode } from './listen-failure.ts';
import { watchStopSignals } from './stop-signals.ts';
import { drainAndClose } from './supervised-worker.ts';
import { ServerEndedError, type StartServer, type SupervisorOptions } from './supervisor.ts';

export type SingleProcessOptions = Omit<SupervisorOptions, 'workers' | 'metrics' | 'reload'>;

/** As `supervise`: until a signal ends it, with the exit code. */
export async function serveInOneProcess<Config>(
  config: Config,
  startServer: StartServer<Config>,
  options: SingleProcessOptions,
): Promise<number> {
  const { host, log } = options;
  const signals = watchStopSignals(log);
  try {
    const server = await startServer(config, { kind: 'all', slot: 0 }).catch((error: unknown) => {
      throw explained(error, options, '--port');
    });
    let stopping = false;
    const readiness = async (): Promise<Readiness> => {
      if (stopping) return { ready: false, reason: 'stopping' };
      return server.health().then(
        () => ({ ready: true }),
        (error: unknown) => ({ ready: false, reason: String(error) }),
      );
    };
    const metrics = () => renderMetrics([server.metrics()]);
    const at = { host, port: options.consolePort };
    const listener = await listenForConsole(at, { metrics, readiness }, log).catch(
      async (error: unknown) => {
        await server.close();
        throw explained(error, at, '--console-port');
      },
    );
    if (server.s3 !== undefined) options.onReady({ s3: server.s3, console: listener.address });

    log.info('stopping', { signal: await signals.first });
    stopping = true;
    const drained = drainAndClose(server, options.drainTimeoutMs).then(() => 0);
    const exitCode = await Promise.race([drained, signals.second]);
    await listener.close();
    return exitCode;
  } finally {
    signals.dispose();
    log.flush();
  }
}

function explained(
  error: unknown,
  at: { readonly host: string; readonly port: number },
  setting: string,
): unknown {
  const reason = explainListenFailure(listenFailureCode(error), at, setting);
  return reason === undefined ? error : new ServerEndedError(reason, { cause: error });
}
