/** What a list must answer, computed from the keys in the plainest way: the tests' own reference. */
export interface ListQuestion {
  readonly prefix?: string;
  readonly delimiter?: string;
  /** Only keys after this one, in UTF-8 order. */
  readonly after?: string;
}

export interface ListAnswer {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
}

export function inKeyOrder(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

export function expectedList(all: readonly string[], question: ListQuestion): ListAnswer {
  const { prefix = '', delimiter = '', after } = question;
  const keys: string[] = [];
  const commonPrefixes = new Set<string>();
  for (const key of inKeyOrder(all)) {
    if (!key.startsWith(prefix)) continue;
    if (after !== undefined && Buffer.compare(Buffer.from(key), Buffer.from(after)) <= 0) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) keys.push(key);
    else commonPrefixes.add(key.slice(0, cut + delimiter.length));
  }
  return { keys, commonPrefixes: [...commonPrefixes] };
}
