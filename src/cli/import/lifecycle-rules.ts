/** Lifecycle rules as they come over: what moves objects to other tiers stays behind, as Kist has one. */
import type { LifecycleRule } from '../../model/types.gen.ts';
import type { Report } from './report.ts';

/** Undefined if none is left. */
export function comingRules(
  rules: readonly LifecycleRule[],
  bucket: string,
  { report }: { readonly report: Report },
): readonly LifecycleRule[] | undefined {
  const coming: LifecycleRule[] = [];
  for (const rule of rules) {
    const { Transitions = [], NoncurrentVersionTransitions = [], ...rest } = rule;
    const classes = [...Transitions, ...NoncurrentVersionTransitions].map(
      (one) => one.StorageClass,
    );
    if (classes.length > 0) {
      const name = `${bucket}: ${rule.ID ?? 'a rule'}`;
      report.left('lifecycle', name, `moving objects to ${classes.join(', ')}: Kist has one tier`);
    }
    if (
      rest.Expiration ||
      rest.NoncurrentVersionExpiration ||
      rest.AbortIncompleteMultipartUpload
    ) {
      coming.push(rest);
    }
  }
  return coming.length === 0 ? undefined : coming;
}
