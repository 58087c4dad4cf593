/** New access keys for users that had some: each secret goes to one file, which nobody else may read, and nowhere else. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import type { AccessKey } from '../../model/iam.gen.ts';
import { CommandError } from '../command-error.ts';
import type { IdentitySession } from '../identity/identity-session.ts';
import type { UserFound } from './identities.ts';
import type { Report } from './report.ts';

export interface KeyMaker {
  /** @param there ids of the keys that the user has in the target */
  make(user: UserFound, there: readonly string[]): Promise<void>;
  close(): void;
}

/**
 * @param file a JSON object a line; must not be there. Undefined: no keys are made
 * @param why the keys of the source don't come over
 */
export function createKeyMaker(
  target: IdentitySession,
  report: Report,
  file: string | undefined,
  why: string,
): KeyMaker {
  const descriptor = file === undefined || report.dryRun ? undefined : openNew(file);
  let made = 0;
  return {
    async make({ name: UserName, activeKeys }, there) {
      if (activeKeys.length === 0) return;
      const replaced = activeKeys.join(', ');
      if (file === undefined) {
        report.left(
          'key',
          `${replaced} of the user ${UserName}`,
          `${why}: --create-keys FILE makes new ones`,
        );
        return;
      }
      if (there.length > 0) {
        report.there();
        return;
      }
      const text = `make a key for the user ${UserName}, instead of ${replaced}`;
      await report.step({ kind: 'key', name: UserName, text }, async () => {
        const answer = await target.iam.call('CreateAccessKey', { UserName });
        const { AccessKeyId: accessKeyId, SecretAccessKey } = answer.AccessKey as AccessKey;
        const line = {
          user: UserName,
          accessKeyId,
          secretAccessKey: SecretAccessKey,
          replaces: activeKeys,
        };
        writeSync(descriptor!, `${JSON.stringify(line)}\n`);
        fsyncSync(descriptor!);
        made += 1;
      });
    },
    close() {
      if (descriptor === undefined) return;
      closeSync(descriptor);
      if (made === 0) rmSync(file!);
    },
  };
}

/** Before any key is made: what can't be kept would be lost. */
function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new CommandError(
      `${file} is there already, with the keys of an earlier run: name another file. Users that have keys in the target get no others.`,
    );
  }
}
