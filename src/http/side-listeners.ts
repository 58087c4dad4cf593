/**
 * The ports beside S3's, in the first process of a server: the console's, and the one that redirects from plain
 * HTTP, if it is wanted. They answer while workers restart.
 */
import type { HealthSource } from '../observe/health.ts';
import type { Log } from '../observe/log.ts';
import type { ServerTls } from '../tls/server-contexts.ts';
import type { ApiHandler } from './api-listener.ts';
import { type ConsoleListener, listenForConsole } from './console-listener.ts';
import { explainListenFailure, listenFailureCode } from './listen-failure.ts';
import type { RedirectListener } from './redirect-listener.ts';
import { ServerEndedError } from './server-ended-error.ts';
import type { Address } from './supervisor-messages.ts';

export interface SideOptions {
  readonly host: string;
  readonly consolePort: number;
  /** Absent: the console port speaks plain HTTP. */
  readonly consoleTls?: ServerTls | undefined;
  /** Absent: nothing listens for plain HTTP. */
  readonly httpRedirectPort?: number | undefined;
  /** What an ACME authority that asks the redirect port is answered, by token; absent: there is none. */
  readonly acmeAnswer?: ((token: string) => string | undefined) | undefined;
  readonly log: Log;
}

export interface SideListeners {
  readonly console: Address;
  readonly redirects: Address | undefined;
  close(): Promise<void>;
}

/**
 * @param s3Port as it is at each redirect
 * @throws ServerEndedError in words, where a port cannot be had
 */
export async function listenBeside(
  options: SideOptions,
  source: HealthSource,
  s3Port: () => number,
  api?: ApiHandler,
): Promise<SideListeners> {
  const { host, log, httpRedirectPort, acmeAnswer } = options;
  // The console's readiness speaks for both: it comes last.
  let redirects: RedirectListener | undefined;
  if (httpRedirectPort !== undefined) {
    const at = { host, port: httpRedirectPort };
    // Late: it brings S3's errors along, which the first process has no other use for.
    const { listenForRedirects } = await import('./redirect-listener.ts');
    redirects = await listenForRedirects(at, s3Port, acmeAnswer).catch((error: unknown) => {
      throw ended(error, at, '--http-redirect-port');
    });
  }
  const consoleAt = { host, port: options.consolePort };
  const console: ConsoleListener = await listenForConsole(
    consoleAt,
    source,
    log,
    options.consoleTls,
    api,
  ).catch(async (error: unknown) => {
    await redirects?.close();
    throw ended(error, consoleAt, '--console-port');
  });
  return {
    console: console.address,
    redirects: redirects?.address,
    async close() {
      await Promise.all([console.close(), redirects?.close()]);
    },
  };
}

function ended(error: unknown, at: Address, setting: string): Error {
  const explained = listenError(error, at, setting);
  if (explained instanceof ServerEndedError) return explained;
  const message = error instanceof Error ? error.message : String(error);
  return new ServerEndedError(message, { cause: error });
}

/** In words where there are some, else as it is. */
export function listenError(error: unknown, at: Address, setting: string): unknown {
  const reason = explainListenFailure(listenFailureCode(error), at, setting);
  return reason === undefined ? error : new ServerEndedError(reason, { cause: error });
}
