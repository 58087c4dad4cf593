/**
 * What the console port answers to monitors: is the server alive, is it ready, what does it measure.
 *
 * Live means that the process answers; a failing engine does not make it dead, as a restart would
 * not help. Ready means that every worker serves and the engine can read and write.
 */
import { metricsContentType } from './metrics-page.ts';

export interface Readiness {
  readonly ready: boolean;
  /** Why not, in words. */
  readonly reason?: string;
  /** HTTP workers that serve, of how many. */
  readonly workers?: { readonly ready: number; readonly expected: number };
}

export interface HealthSource {
  /** Bounded in time; does not throw. */
  readiness(): Promise<Readiness>;
  /** In Prometheus' text format. */
  metrics(): Promise<string>;
}

export interface HealthAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

type Endpoint = (source: HealthSource) => Promise<HealthAnswer>;

const endpoints: Readonly<Record<string, Endpoint | undefined>> = {
  '/health/live': async () => json(200, { status: 'live' }),
  '/health/ready': async (source) => {
    const { ready, ...details } = await source.readiness();
    return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', ...details });
  },
  '/metrics': async (source) => ({
    status: 200,
    contentType: metricsContentType,
    body: await source.metrics(),
  }),
};

export async function answerHealth(
  method: string,
  path: string,
  source: HealthSource,
): Promise<HealthAnswer> {
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  if (endpoint === undefined) return json(404, { error: 'NotFound', message: `No ${path} here.` });
  if (method !== 'GET' && method !== 'HEAD') {
    return json(405, { error: 'MethodNotAllowed', message: `${path} takes GET and HEAD.` });
  }
  return endpoint(source);
}

function json(status: number, value: unknown): HealthAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
