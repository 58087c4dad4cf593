/** What S3's documentation says of versions, in the most naive way: for each key a list, newest first. */

export interface ModelVersion {
  readonly id: string;
  /** Undefined for a delete marker. */
  readonly bytes: Buffer | undefined;
}

export interface ModelQuestion {
  readonly prefix: string;
  readonly delimiter: string;
}

export class VersionModel {
  readonly #keys = new Map<string, readonly ModelVersion[]>();
  versioning: 'Enabled' | 'Suspended' | undefined;

  of(key: string): readonly ModelVersion[] {
    return this.#keys.get(key) ?? [];
  }

  /** Makes a version current; there is one null version at most. */
  add(key: string, version: ModelVersion): void {
    const others = this.of(key).filter(({ id }) => version.id !== 'null' || id !== 'null');
    this.#keys.set(key, [version, ...others]);
  }

  /** Whether it was there. */
  remove(key: string, id: string): boolean {
    const before = this.of(key);
    const after = before.filter((version) => version.id !== id);
    this.#keys.set(key, after);
    return after.length < before.length;
  }

  current(key: string): Buffer | undefined {
    return this.of(key)[0]?.bytes;
  }

  /** ListObjectVersions as lines: common prefixes, and versions with their kind and whether they are the latest. */
  versions(question: ModelQuestion = { prefix: '', delimiter: '' }): string[] {
    return this.#listed(question, (key) =>
      this.of(key).map(({ id, bytes }, i) => versionLine(key, id, bytes === undefined, i === 0)),
    );
  }

  /** ListObjects as lines: common prefixes and keys. */
  objects(question: ModelQuestion): string[] {
    return this.#listed(question, (key) => (this.current(key) === undefined ? [] : [`key ${key}`]));
  }

  #listed({ prefix, delimiter }: ModelQuestion, lines: (key: string) => string[]): string[] {
    const inOrder = [...this.#keys.keys()].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const listed = new Set<string>();
    for (const key of inOrder) {
      if (!key.startsWith(prefix)) continue;
      const own = lines(key);
      if (own.length === 0) continue;
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut < 0) for (const line of own) listed.add(line);
      else listed.add(prefixLine(key.slice(0, cut + delimiter.length)));
    }
    return [...listed];
  }
}

export function versionLine(key: string, id: string, isMarker: boolean, latest: boolean): string {
  return `${key} ${id} ${isMarker ? 'marker' : 'object'}${latest ? ' latest' : ''}`;
}

export function prefixLine(prefix: string): string {
  return `prefix ${prefix}`;
}
