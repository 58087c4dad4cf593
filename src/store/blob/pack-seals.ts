/**
 * Seals: notes beside packs (`<id>.seal`) that say that a pack takes no more entries, and how many it has.
 * They are not flushed. One that is lost, torn or damaged is none, and written anew at the next start.
 */

import { isMissing } from './durable-files.ts';
import type { FileSystem } from './file-system.ts';
import type { Crc32c } from './layout.ts';

export interface PackSeal {
  /** Acknowledged entries. */
  readonly entries: number;
  /** Behind the last of them; what follows is a torn tail. */
  readonly end: number;
  /**
   * Counted after a crash, and not all of the pack could be read: what could not is torn, or an entry whose
   * head is damaged. Only the records tell, and until they were asked the pack is kept.
   */
  readonly doubtful?: true;
  /** The process that wrote it ended without sealing it: no commit that needs one of its entries is under way. */
  readonly abandoned?: true;
}

/** A seal as it is stored. */
interface StoredSeal extends PackSeal {
  /** The pack's size when it was sealed: a pack that grew since then is still being written, seal or not. */
  readonly size: number;
  /** Of all the others. Seals that a restore or an earlier version wrote have none, and are doubtful. */
  readonly checksum?: number;
}

export interface PackSeals {
  path(id: string): string;
  /** Undefined where there is none that counts. */
  read(id: string): Promise<PackSeal | undefined>;
  /** @param size of the pack */
  write(id: string, seal: PackSeal, size: number): Promise<void>;
  /** Whether there is one that cannot be read. */
  isDamaged(id: string): Promise<boolean>;
}

export function createPackSeals(deps: {
  readonly fileSystem: FileSystem;
  readonly dir: string;
  readonly crc32c: Crc32c;
  /** Of a pack; undefined if it is gone. */
  readonly sizeOf: (id: string) => Promise<number | undefined>;
}): PackSeals {
  const { fileSystem } = deps;
  const path = (id: string) => `${deps.dir}/${id}.seal`;

  const checksumOf = (id: string, seal: StoredSeal): number => {
    const { entries, end, size, doubtful, abandoned } = seal;
    const flags = `${doubtful === true}${abandoned === true ? ' abandoned' : ''}`;
    return deps.crc32c(Buffer.from(`${id} ${entries} ${end} ${size} ${flags}`));
  };

  function parse(id: string, text: string): StoredSeal | undefined {
    try {
      const seal = JSON.parse(text) as StoredSeal;
      if (![seal.entries, seal.end, seal.size].every(Number.isInteger)) return undefined;
      if (seal.checksum === undefined) return { ...seal, doubtful: true };
      return seal.checksum === checksumOf(id, seal) ? seal : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
      throw error;
    }
  }

  return {
    path,
    async read(id) {
      try {
        const seal = parse(id, await fileSystem.readText(path(id)));
        return seal?.size === (await deps.sizeOf(id)) ? seal : undefined;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(id, { entries, end, doubtful, abandoned }, size) {
      const seal: StoredSeal = {
        entries,
        end,
        size,
        ...(doubtful && { doubtful }),
        ...(abandoned && { abandoned }),
      };
      const stored: StoredSeal = { ...seal, checksum: checksumOf(id, seal) };
      await fileSystem.writeText(path(id), `${JSON.stringify(stored)}\n`);
    },
    async isDamaged(id) {
      const look = async () => parse(id, await fileSystem.readText(path(id))) === undefined;
      try {
        // Twice, as it may be in the midst of being written.
        return (await look()) && (await look());
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
  };
}
