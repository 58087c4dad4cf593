/**
 * The rates of a server of several processes: its supervisor keeps them, and a worker asks for each request that has
 * some. What is asked in one turn of the event loop goes in one message.
 *
 * Exact, and nothing is taken in advance: a worker that has little to do keeps nothing from the others. A question
 * that is not answered in time is answered with no.
 */
import type { RatedScope } from '../limits/rate-keeper.ts';
import type { Rates } from './screen.ts';
import type { FromProcess, RateCall, RatesAnswer } from './supervisor-messages.ts';

/** After which a request is told to come back. */
export const ratesTimeoutMs = 1_000;

/** A process's end of the channel to its supervisor. */
export interface SupervisorChannel {
  send?(message: FromProcess, handle: undefined, options: undefined, sent: () => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

interface Asked {
  readonly resolve: readonly ((waitMs: number) => void)[];
  readonly timer: NodeJS.Timeout;
}

export function createSupervisedRates(
  channel: SupervisorChannel,
  timeoutMs = ratesTimeoutMs,
): Rates {
  const asked = new Map<number, Asked>();
  let take: RateCall[] = [];
  let resolve: ((waitMs: number) => void)[] = [];
  let spend: RateCall[] = [];
  let isPlanned = false;
  let nextId = 0;

  channel.on('message', (message) => {
    const answer = ratesAnswer(message);
    const waiting = answer && asked.get(answer.id);
    if (waiting === undefined) return;
    asked.delete(answer!.id);
    clearTimeout(waiting.timer);
    for (const [i, tell] of waiting.resolve.entries()) tell(answer!.waits[i] ?? timeoutMs);
  });

  function plan(): void {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(ask);
  }

  function ask(): void {
    isPlanned = false;
    const id = nextId++;
    const question = { id, take, spend };
    const waiting = resolve;
    take = [];
    resolve = [];
    spend = [];
    if (waiting.length > 0) {
      const timer = setTimeout(() => {
        asked.delete(id);
        for (const tell of waiting) tell(timeoutMs);
      }, timeoutMs);
      asked.set(id, { resolve: waiting, timer });
    }
    // Without a channel there is no supervisor, and the process is about to end.
    channel.send?.({ kist: 'rates', question }, undefined, undefined, () => {});
  }

  return {
    take: (scopes: readonly RatedScope[], bytes: number) =>
      new Promise<number>((told) => {
        take.push({ scopes, bytes });
        resolve.push(told);
        plan();
      }),
    spend(scopes, bytes) {
      spend.push({ scopes, bytes });
      plan();
    },
  };
}

function ratesAnswer(message: unknown): RatesAnswer | undefined {
  if (typeof message !== 'object' || message === null || !('kist' in message)) return undefined;
  return message.kist === 'rates' && 'answer' in message
    ? (message.answer as RatesAnswer)
    : undefined;
}
