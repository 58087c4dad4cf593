/**
 * What a store that loses nothing may answer, given what its clients were told: for each key the last
 * acknowledged state, and every state that a request without an answer may or may not have made.
 *
 * Each key has one writer at a time, so that "last" has a meaning.
 */
export interface ObjectState {
  /** SHA-256 of the body in hex. */
  readonly sha256: string;
  readonly size: number;
}

/** Undefined: there is no such object. */
export type State = ObjectState | undefined;

export interface KeyHistory {
  /** States that a read after the crash may find. */
  readonly possible: readonly State[];
}

export class CrashModel {
  readonly #keys = new Map<string, KeyHistory>();

  get keys(): readonly string[] {
    return [...this.#keys.keys()];
  }

  possible(key: string): readonly State[] {
    return this.#keys.get(key)?.possible ?? [undefined];
  }

  /** Before a request is sent: from now on its effect may be seen. */
  begin(key: string, next: State): void {
    this.#keys.set(key, { possible: [...this.possible(key), next] });
  }

  /** The server has acknowledged it: nothing else may be seen any more. */
  acknowledge(key: string, state: State): void {
    this.#keys.set(key, { possible: [state] });
  }

  /** What was found after a crash is what counts from there on. */
  settle(key: string, found: State): void {
    this.#keys.set(key, { possible: [found] });
  }

  allows(key: string, found: State): boolean {
    return this.possible(key).some((state) => sameState(state, found));
  }
}

export function sameState(one: State, other: State): boolean {
  return one?.sha256 === other?.sha256 && one?.size === other?.size;
}

export function showState(state: State): string {
  return state === undefined ? 'absent' : `${state.size} bytes ${state.sha256.slice(0, 12)}`;
}
