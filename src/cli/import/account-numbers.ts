/**
 * Account numbers in policies: those of the account that something comes from become those of the account it comes to.
 *
 * IAM user guide, "Identify AWS resources with ARNs": `arn:partition:service:region:account:resource`. A number also
 * stands alone, as a principal or the value of a condition.
 */

export interface Rewrite {
  readonly from: string;
  readonly to: string;
}

export interface AccountNumbers {
  /** Undefined where the source has none, as MinIO. */
  readonly source: string | undefined;
  readonly target: string | undefined;
}

/**
 * @param document JSON as it was parsed
 * @returns the same with other numbers, and each text that was changed, once
 */
export function rewriteAccounts(
  document: unknown,
  { source, target }: AccountNumbers,
): { readonly document: unknown; readonly rewrites: readonly Rewrite[] } {
  const rewrites = new Map<string, string>();
  if (!source || !target || source === target) return { document, rewrites: [] };
  const rewriteText = (text: string): string => {
    const to = text === source ? target : withAccount(text, source, target);
    if (to !== text) rewrites.set(text, to);
    return to;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return rewriteText(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, walk(held)]));
  };
  const rewritten = walk(document);
  return { document: rewritten, rewrites: [...rewrites].map(([from, to]) => ({ from, to })) };
}

/** `arn:aws:iam::SOURCE:user/ann` → the target's; what is no ARN of the source stays. */
export function withAccount(arn: string, source: string, target: string): string {
  const parts = arn.split(':');
  if (parts[0] !== 'arn' || parts.length < 6 || parts[4] !== source) return arn;
  parts[4] = target;
  return parts.join(':');
}
