/**
 * What must be in the store: each key with what it may hold. Writers have a key to themselves; readers come
 * at any time, and may find whatever the key held from their start to their end.
 */
import type { Content } from './contents.ts';

/** undefined: nothing is there. */
export type State = Content | undefined;

export interface Slot {
  readonly key: string;
  state: State;
  /** A writer is at it. */
  busy: boolean;
  /** A writer got no answer: what is there is not known. Never touched again, and an error of its own. */
  lost: boolean;
  readonly readers: Set<Set<State>>;
  /** What its writer may have made of it already. */
  coming: State[];
}

/** Newest first; `content` undefined: a delete marker. */
export interface Version {
  readonly id: string;
  readonly content: State;
}

export interface VersionedSlot {
  readonly key: string;
  versions: Version[];
  busy: boolean;
  lost: boolean;
}

export interface Model {
  readonly slots: readonly Slot[];
  readonly versioned: readonly VersionedSlot[];
  /** Bodies that are referred to. */
  refer(content: State): void;
  release(content: State): void;
  live(): { readonly objects: number; readonly storedBytes: number; readonly logicalBytes: number };
}

/** Keys of one shard share a prefix that is listed at once. */
export const shardKeys = 40;
export const shardOf = (index: number): string => `shard-${String(index).padStart(3, '0')}/`;

export function createModel(keys: number, versionedKeys: number): Model {
  const references = new Map<Content, number>();
  let objects = 0;
  let storedBytes = 0;
  let logicalBytes = 0;
  const number = (index: number) => String(index).padStart(5, '0');
  return {
    slots: Array.from({ length: keys }, (_, index) => ({
      key: `${shardOf(Math.floor(index / shardKeys))}object-${number(index)}`,
      state: undefined,
      busy: false,
      lost: false,
      readers: new Set(),
      coming: [],
    })),
    versioned: Array.from({ length: versionedKeys }, (_, index) => ({
      key: `versioned-${number(index)}`,
      versions: [],
      busy: false,
      lost: false,
    })),
    refer(content) {
      if (content === undefined) return;
      const before = references.get(content) ?? 0;
      references.set(content, before + 1);
      if (before === 0) storedBytes += content.size;
      logicalBytes += content.size;
      objects++;
    },
    release(content) {
      if (content === undefined) return;
      const left = (references.get(content) ?? 0) - 1;
      if (left > 0) references.set(content, left);
      else {
        references.delete(content);
        storedBytes -= content.size;
      }
      logicalBytes -= content.size;
      objects--;
    },
    live: () => ({ objects, storedBytes, logicalBytes }),
  };
}

/** Reads; `check` gets everything that the key may have held meanwhile. */
export async function reading<T>(
  slots: readonly Slot[],
  read: () => Promise<T>,
  check: (got: T, may: (slot: Slot) => ReadonlySet<State>) => void,
): Promise<void> {
  const seen = new Map<Slot, Set<State>>();
  for (const slot of slots) {
    const may = new Set<State>([slot.state, ...slot.coming]);
    seen.set(slot, may);
    slot.readers.add(may);
  }
  try {
    check(await read(), (slot) => seen.get(slot)!);
  } finally {
    for (const [slot, may] of seen) slot.readers.delete(may);
  }
}

/** Takes keys for a writer; undefined if one is taken or lost. */
export function hold<S extends { busy: boolean; readonly lost: boolean }>(
  ...slots: readonly S[]
): (() => void) | undefined {
  if (new Set(slots).size < slots.length) return undefined;
  if (slots.some(({ busy, lost }) => busy || lost)) return undefined;
  for (const slot of slots) slot.busy = true;
  return () => {
    for (const slot of slots) slot.busy = false;
  };
}

/** Writes to keys that are held; if it fails, what they hold is not known any more. */
export async function writing(
  model: Model,
  slots: readonly Slot[],
  next: State,
  write: () => Promise<void>,
): Promise<void> {
  for (const slot of slots) {
    slot.coming = [next];
    for (const may of slot.readers) may.add(next);
  }
  let done = false;
  try {
    await write();
    done = true;
  } finally {
    for (const slot of slots) {
      model.release(slot.state);
      if (done) model.refer(next);
      else slot.lost = true;
      slot.state = done ? next : undefined;
      slot.coming = [];
    }
  }
}
