/** The caller as operations see them: in whose name they write, and what is theirs. */
import type { OperationContext } from './operation.ts';

/** Canonical id; undefined for the anonymous caller. */
export function callerId({ caller }: OperationContext): string | undefined {
  return caller.kind === 'account' ? caller.account.accountId : undefined;
}

export function callerIsRoot({ caller }: OperationContext): boolean {
  return caller.kind === 'account' && caller.account.root;
}

/**
 * Who owns what the caller makes in the bucket: the caller. What an anonymous caller makes belongs to the
 * bucket's owner, where S3 gives it to a made-up account and leaves the bucket's owner no say over it.
 */
export function ownerOfNew(context: OperationContext): string {
  return callerId(context) ?? context.bucket.acl.owner;
}
