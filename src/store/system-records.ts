/** Records of the server itself, by name: changed only as they were read. */
import { systemKey } from './keyspace.ts';
import { type MetaStore, maxScanLimit, scanPages } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';

export interface SystemRecords {
  get(name: string): Promise<{ readonly value: object; readonly seq: number } | undefined>;
  /** False if the record is no longer at `seq`; undefined demands that there is none. */
  put(name: string, value: object, seq: number | undefined): Promise<boolean>;
  /** Names that begin so, in order. */
  names(prefix: string): Promise<readonly string[]>;
}

export function createSystemRecords(meta: MetaStore): SystemRecords {
  return {
    async get(name) {
      const record = await meta.get(systemKey(name));
      return record && { value: decodeRecord<object>(record.value), seq: record.seq };
    },
    async put(name, value, seq) {
      const guard = seq === undefined ? ({ absent: true } as const) : { seq };
      const result = await meta.commit([
        { op: 'put', at: systemKey(name), value: encodeRecord(value), guard },
      ]);
      return result.committed;
    },
    async names(prefix) {
      const names: string[] = [];
      const { table, part, key } = systemKey(prefix);
      const range = { table, part, from: key, limit: maxScanLimit };
      for await (const records of scanPages(meta, range)) {
        for (const record of records) {
          const name = record.key.toString();
          if (!name.startsWith(prefix)) return names;
          names.push(name);
        }
      }
      return names;
    },
  };
}
