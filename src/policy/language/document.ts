/**
 * A policy as the evaluator has it: parsed, checked and compiled once, asked on every request.
 *
 * "Policies and permissions in Amazon S3" in the S3 user guide, "IAM JSON policy reference" in the IAM user
 * guide.
 */
import type { Template } from './template.ts';

export type Effect = 'Allow' | 'Deny';

/** A condition key as a policy names it: `s3:ExistingObjectTag/colour` is a name and a suffix. */
export interface ConditionKey {
  /** Lower case. */
  readonly name: string;
  /** As written; empty for a key without one. */
  readonly suffix: string;
}

/**
 * What a request says of a key: its values, none (undefined), or 'unknown' as long as they are in a
 * document that wasn't read yet.
 */
export type ConditionValues = readonly string[] | 'unknown' | undefined;

/** Who asks, in the policy language's words. */
export type PolicyPrincipal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'account';
      readonly accountId: string;
      /** Of twelve digits. */
      readonly number?: string;
      /** Of the account, or of who acts for it; of a session its role's, too. */
      readonly arns: readonly string[];
    }
  | { readonly kind: 'service'; readonly service: string }
  /** Somebody whom an identity provider knows. */
  | { readonly kind: 'federated'; readonly provider: string };

export interface PolicyRequest {
  readonly principal: PolicyPrincipal;
  /** `s3:GetObject` */
  readonly action: string;
  /** `arn:aws:s3:::bucket/key` */
  readonly resource: string;
  values(key: ConditionKey): ConditionValues;
}

/** Whom a `Principal` element names. */
export interface Principals {
  readonly everybody: boolean;
  readonly accounts: ReadonlySet<string>;
  /** Of users, roles and sessions. */
  readonly arns: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  /** ARNs or host names of identity providers. */
  readonly federated: ReadonlySet<string>;
}

/**
 * Whether one value of the request is as the policy wants it; undefined where that hangs on a variable that
 * the request doesn't have.
 */
export type ValueTest = (actual: string, request: PolicyRequest) => boolean | undefined;

export interface Condition {
  /** Without quantifier and `IfExists`. */
  readonly operator: string;
  readonly key: ConditionKey;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly ifExists: boolean;
  readonly negated: boolean;
  /** As written. */
  readonly values: readonly string[];
  readonly tests: readonly ValueTest[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: Effect;
  /** Absent in a policy that somebody has: it is about them. */
  readonly principals: Principals | undefined;
  readonly notPrincipal: boolean;
  /** In lower case: actions have none. */
  readonly actions: readonly Template[];
  readonly notAction: boolean;
  readonly resources: readonly Template[];
  readonly notResource: boolean;
  readonly conditions: readonly Condition[];
}

export interface Policy {
  readonly statements: readonly Statement[];
}
