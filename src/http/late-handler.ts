/** A handler that is loaded with the first request that wants it, since a start waits for nothing that can wait. */
import type { Log } from '../observe/log.ts';
import type { ApiHandler } from './api-listener.ts';

export function lateHandler(
  load: () => ApiHandler | Promise<ApiHandler>,
  log: Pick<Log, 'error'>,
): ApiHandler {
  let loading: Promise<ApiHandler> | undefined;
  return (request, response) => {
    loading ??= Promise.resolve().then(load);
    loading.then(
      (handle) => handle(request, response),
      (error: unknown) => {
        // The next request tries again.
        loading = undefined;
        log.error('the admin API cannot be loaded', { error });
        response.writeHead(500).end();
      },
    );
  };
}
