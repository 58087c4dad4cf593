/**
 * What is done to the server meanwhile. The first half of the load has all of it; in the second, one and the
 * same worker is killed again and again, so that the other processes grow old enough to show a leak.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventKind, EventLine } from './lines.ts';
import type { SoakOptions } from './options.ts';
import type { SoakServer } from './server.ts';

interface Disturbance {
  /** Of the load's length. */
  readonly at: number;
  readonly event: Exclude<EventKind, 'load-ends'>;
  readonly target: string;
}

const server = 'server';

/** Evenly, until a while before the end of the load. */
function planDisturbances(count: number, workers: number): readonly Disturbance[] {
  const victim = `worker ${workers}`;
  const firstHalf: readonly Omit<Disturbance, 'at'>[] = [
    { event: 'kill', target: 'worker 1' },
    { event: 'reload', target: server },
    { event: 'kill', target: 'jobs' },
    { event: 'crash', target: server },
    { event: 'kill', target: victim },
    { event: 'reload', target: server },
    { event: 'restart', target: server },
  ];
  return Array.from({ length: count }, (_, index) => {
    const at = (index + 1) / (count + 1);
    // A restart just before the half makes all processes equally old.
    const isLast = (index + 2) / (count + 1) >= 0.5;
    if (at >= 0.5) return { at, event: 'kill', target: victim };
    return { at, ...(isLast ? firstHalf.at(-1)! : firstHalf[index % firstHalf.length]!) };
  });
}

/** Resolves when all serves again. */
async function disturb(soaked: SoakServer, { event, target }: Disturbance): Promise<void> {
  switch (event) {
    case 'kill':
      return soaked.kill(target);
    case 'reload':
      return soaked.reload();
    case 'restart':
      await soaked.stop();
      return soaked.start();
    case 'crash':
      await soaked.crash();
      return soaked.start();
  }
}

/** `seconds`: since the start of the load. @throws if the server does not come back */
export async function disturbAll(
  soaked: SoakServer,
  { events, workers, minutes }: Pick<SoakOptions, 'events' | 'workers' | 'minutes'>,
  seconds: () => number,
  signal: AbortSignal,
  done: (event: EventLine) => void,
): Promise<void> {
  for (const disturbance of planDisturbances(events, workers)) {
    const waitMs = (disturbance.at * minutes * 60 - seconds()) * 1000;
    await delay(Math.max(0, waitMs), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const from = seconds();
    await disturb(soaked, disturbance);
    const { event, target } = disturbance;
    done({ line: 'event', seconds: from, event, target, readyMs: (seconds() - from) * 1000 });
  }
}
