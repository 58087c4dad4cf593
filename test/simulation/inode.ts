/**
 * Files and directories as a disk with a cache has them: what programs see, and what a power cut leaves.
 *
 * A file's writes since its last flush may each be there afterwards, or not, or in part, sector by sector and
 * in any order; where only the length came, anything may lie there. What a failed flush lost stays lost. A name that came or went since its directory's last flush may be as before or as at any
 * moment since.
 */
import type { Random } from './random.ts';

const sectorBytes = 512;

type Change =
  | { readonly kind: 'truncate' }
  | {
      readonly kind: 'write';
      readonly position: number;
      readonly bytes: Buffer;
      /** A flush failed on it: later flushes pass it over, as Linux takes it for clean. */
      lost?: true;
    };

/** Bytes that grow. */
class Content {
  bytes = Buffer.alloc(0);
  size = 0;

  apply(change: Change): void {
    if (change.kind === 'truncate') {
      this.bytes.fill(0, 0, this.size);
      this.size = 0;
      return;
    }
    const end = change.position + change.bytes.length;
    if (end > this.bytes.length) {
      const grown = Buffer.alloc(Math.max(end, 2 * this.bytes.length));
      this.bytes.copy(grown, 0, 0, this.size);
      this.bytes = grown;
    }
    change.bytes.copy(this.bytes, change.position);
    this.size = Math.max(this.size, end);
  }

  /** Up to a length, where it is shorter: with what lay on the disk there. */
  extend(length: number, garbage: (count: number) => Buffer = Buffer.alloc): void {
    if (length <= this.size) return;
    const bytes = garbage(length - this.size);
    this.apply({ kind: 'write', position: this.size, bytes });
  }

  copy(): Content {
    const copy = new Content();
    copy.bytes = Buffer.from(this.bytes.subarray(0, this.size));
    copy.size = this.size;
    return copy;
  }
}

export class FileNode {
  readonly kind = 'file';
  /** What programs see. */
  #seen = new Content();
  #durable = new Content();
  #unflushed: Change[] = [];
  mtimeMs: number;

  constructor(now: number) {
    this.mtimeMs = now;
  }

  get size(): number {
    return this.#seen.size;
  }

  write(position: number, bytes: Buffer, now: number): void {
    this.#change({ kind: 'write', position, bytes: Buffer.from(bytes) }, now);
  }

  truncate(now: number): void {
    this.#change({ kind: 'truncate' }, now);
  }

  #change(change: Change, now: number): void {
    this.#seen.apply(change);
    this.#unflushed.push(change);
    this.mtimeMs = now;
  }

  /** How many bytes there were to read. */
  read(into: Buffer, position: number): number {
    if (position >= this.size) return 0;
    return this.#seen.bytes.copy(into, 0, position, Math.min(this.size, position + into.length));
  }

  flush(): void {
    for (const change of this.#unflushed) {
      if (change.kind === 'truncate' || !change.lost) this.#durable.apply(change);
    }
    this.#unflushed = [];
  }

  /** A flush that fails: some of it happened, the rest may never. Programs may still see it, or no more. */
  failFlush(random: Random): void {
    for (const change of this.#unflushed) {
      if (change.kind === 'write' && random.chance(0.5)) change.lost = true;
    }
    if (random.chance(0.5)) this.#forgetLost();
  }

  /** The cache drops what it takes for clean, and reads again what the disk has. */
  #forgetLost(): void {
    const { size } = this.#seen;
    this.#seen = this.#durable.copy();
    for (const change of this.#unflushed) {
      if (change.kind === 'truncate' || !change.lost) this.#seen.apply(change);
    }
    this.#seen.extend(size);
  }

  losePower(random: Random): void {
    const mood = random.below(4);
    for (const change of this.#unflushed) {
      if (change.kind === 'write' && change.lost) continue;
      if (mood === 0) continue;
      if (mood === 1) this.#durable.apply(change);
      else if (change.kind === 'truncate') {
        if (random.chance(0.5)) this.#durable.apply(change);
      } else {
        this.#tear(change.position, change.bytes, random);
        // The length may be there without the bytes.
        const end = change.position + change.bytes.length;
        if (random.chance(0.2)) this.#durable.extend(end, (count) => this.#garbage(count, random));
      }
    }
    this.#unflushed = [];
    this.#seen = this.#durable.copy();
  }

  /** What blocks hold that were never written: nothing, anything, or what once lay elsewhere. */
  #garbage(count: number, random: Random): Buffer {
    const kind = random.below(3);
    if (kind === 0) return Buffer.alloc(count);
    if (kind === 1) return random.bytes(count);
    const earlier = Buffer.from(this.#seen.bytes.subarray(0, this.#seen.size));
    return Buffer.alloc(count, earlier.length === 0 ? 0 : earlier);
  }

  #tear(position: number, bytes: Buffer, random: Random): void {
    const kept = random.pick([0, 0.5, 1]);
    for (let at = 0; at < bytes.length; ) {
      // Sectors of the file, not of the write.
      const next = Math.min(bytes.length, at + sectorBytes - ((position + at) % sectorBytes));
      if (random.chance(kept)) {
        const piece = bytes.subarray(at, next);
        this.#durable.apply({ kind: 'write', position: position + at, bytes: piece });
      }
      at = next;
    }
  }
}

export class DirectoryNode {
  readonly kind = 'directory';
  /** What programs see. */
  names = new Map<string, Node>();
  #durable = new Map<string, Node>();
  /** What a name stood for since the last flush, in order. */
  #changes = new Map<string, (Node | undefined)[]>();

  set(name: string, node: Node | undefined): void {
    const changes = this.#changes.get(name) ?? [];
    changes.push(node);
    this.#changes.set(name, changes);
    if (node === undefined) this.names.delete(name);
    else this.names.set(name, node);
  }

  flush(): void {
    this.#durable = new Map(this.names);
    this.#changes.clear();
  }

  losePower(random: Random): void {
    for (const [name, changes] of this.#changes) {
      const left = random.pick([this.#durable.get(name), ...changes]);
      if (left === undefined) this.#durable.delete(name);
      else this.#durable.set(name, left);
    }
    this.#changes.clear();
    this.names = new Map(this.#durable);
    for (const node of this.names.values()) node.losePower(random);
  }
}

export type Node = FileNode | DirectoryNode;
