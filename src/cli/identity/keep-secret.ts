/** Where the secret of a new key goes: told once on standard output, in a file that nobody else may read, or in an alias. */
import { writeFileSync } from 'node:fs';
import { readAliases, writeAliases } from '../alias/alias-file.ts';
import { CommandError, usageError } from '../command-error.ts';
import { aliasName } from '../location.ts';
import type { Session } from '../session.ts';

export interface KeepFlags {
  readonly alias?: string;
  readonly saveAs?: string;
  readonly secretFile?: string;
}

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Before the key is made, as what can't be kept would be lost. @throws CommandError */
export function prepareToKeep({ saveAs, secretFile }: KeepFlags): void {
  if (saveAs !== undefined && !aliasName.test(saveAs)) {
    throw usageError(`${saveAs} is no name for an alias.`);
  }
  if (saveAs !== undefined && readAliases(process.env).has(saveAs)) {
    throw new CommandError(`There is an alias ${saveAs} already: "kist alias remove" it first.`);
  }
  if (secretFile !== undefined) writeFileSync(secretFile, '', { mode: 0o600, flag: 'wx' });
}

/** Gives where it is kept, in words; undefined if it has to be told. */
export function keepSecret(session: Session, flags: KeepFlags, key: Key): string | undefined {
  const { saveAs, secretFile, alias } = flags;
  if (saveAs !== undefined) saveAlias(session, alias?.replace(/\/$/, ''), saveAs, key);
  if (secretFile !== undefined) {
    writeFileSync(secretFile, `${key.secretAccessKey}\n`, { mode: 0o600 });
  }
  return [saveAs && `alias ${saveAs}`, secretFile].filter(Boolean).join(' and ') || undefined;
}

function saveAlias(
  { aliasOf, connect }: Session,
  from: string | undefined,
  name: string,
  key: Key,
): void {
  const { client, consoleUrl } = aliasOf(from);
  const { origin } = connect(from).locate();
  const { region, signatureVersion, addressingStyle } = client;
  const aliases = new Map(readAliases(process.env));
  aliases.set(name, {
    endpoint: `${origin.secure ? 'https' : 'http'}://${origin.host}`,
    ...key,
    ...(region && { region }),
    ...(signatureVersion && { signatureVersion }),
    ...(addressingStyle && { addressingStyle }),
    ...(consoleUrl && { consoleUrl }),
  });
  writeAliases(process.env, aliases);
}
