/**
 * Signals that end with one, each for something that goes on by itself. Requests listen to theirs; that all of
 * them listened to one would be taken for a leak.
 */
export interface Stops {
  open(): AbortSignal;
  /** Ends all that are open, and those that are opened later. */
  stop(reason: unknown): void;
  /** Listens to the outer signal no more. */
  release(): void;
}

export function createStops(outer: AbortSignal | undefined): Stops {
  const controllers = new Set<AbortController>();
  const ended = new AbortController();
  const stop = (reason: unknown): void => {
    ended.abort(reason);
    for (const one of controllers) one.abort(reason);
    controllers.clear();
  };
  const onAbort = () => stop(outer?.reason);
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort);
  return {
    open() {
      if (ended.signal.aborted) return ended.signal;
      const controller = new AbortController();
      controllers.add(controller);
      return controller.signal;
    },
    stop,
    release: () => outer?.removeEventListener('abort', onAbort),
  };
}
