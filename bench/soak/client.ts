/**
 * The soak's S3 client: signs, keeps to a rate, and tries again as SDKs do when a connection breaks or
 * the server has an error, so that a kill or a restart must not cost an answer.
 */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createLatencies, type Latencies } from '../../src/cli/bench/latencies.ts';
import { exchange, type HttpAnswer } from '../http-exchange.ts';
import type { Endpoint, PlainRequest } from '../signed-requests.ts';

/** From the first attempt; a restart takes a second or two. */
const giveUpMs = 60_000;
const firstPauseMs = 25;
const longestPauseMs = 1000;
const idleTimeoutMs = 30_000;
const noBody = Buffer.alloc(0);

export interface Answer extends HttpAnswer {
  /** Attempts before this one may have taken effect. */
  readonly attempts: number;
}

export interface SoakClient {
  /** Any status below 500. @throws Error when there is none in time */
  send(kind: string, request: PlainRequest, body?: Buffer): Promise<Answer>;
  /** Of all requests since the start. */
  readonly counts: {
    requests: number;
    retries: number;
    bytesPut: number;
    bytesRead: number;
    readonly byKind: Map<string, number>;
    /** Why there were retries. */
    readonly reasons: Map<string, number>;
  };
  /** Latencies by kind since the last call. */
  takeLatencies(): ReadonlyMap<string, Latencies>;
  close(): void;
}

export function createSoakClient(
  endpoint: Endpoint,
  { rate, connections }: { readonly rate: number; readonly connections: number },
): SoakClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const turn = createPace(rate);
  const counts: SoakClient['counts'] = {
    requests: 0,
    retries: 0,
    bytesPut: 0,
    bytesRead: 0,
    byKind: new Map(),
    reasons: new Map(),
  };
  let latencies = new Map<string, Latencies>();

  /** The answer, or why another attempt is due. */
  async function tryOnce(plain: PlainRequest, body: Buffer | undefined) {
    try {
      const answer = await exchange(endpoint, plain, body ?? noBody, { agent, idleTimeoutMs });
      if (answer.status < 500) return { answer, reason: '' };
      const code = /<Code>(\w+)<\/Code>/.exec(answer.body.toString('latin1'))?.[1];
      return { answer: undefined, reason: `${answer.status} ${code ?? ''}`.trimEnd() };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { answer: undefined, reason: code ?? message };
    }
  }

  return {
    counts,
    async send(kind, plain, body) {
      await turn();
      const startedAt = performance.now();
      let pauseMs = firstPauseMs;
      for (let attempts = 1; ; attempts++) {
        const { answer, reason } = await tryOnce(plain, body);
        if (answer !== undefined) {
          const kinds = latencies.get(kind) ?? createLatencies();
          latencies.set(kind, kinds);
          kinds.add(performance.now() - startedAt);
          counts.requests++;
          counts.byKind.set(kind, (counts.byKind.get(kind) ?? 0) + 1);
          counts.bytesPut += body?.length ?? 0;
          counts.bytesRead += answer.body.length;
          return { ...answer, attempts };
        }
        counts.retries++;
        counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1);
        if (performance.now() - startedAt > giveUpMs) {
          throw new Error(`${plain.method} ${plain.path} got no answer: ${reason}`);
        }
        await delay(pauseMs * (0.5 + Math.random()));
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    },
    takeLatencies() {
      const taken = latencies;
      latencies = new Map();
      return taken;
    },
    close: () => agent.destroy(),
  };
}

/** Turns come evenly; those that were missed are not made up for. */
function createPace(perSecond: number): () => Promise<void> {
  const gapMs = 1000 / perSecond;
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + gapMs;
    if (at > now) await delay(at - now);
  };
}
