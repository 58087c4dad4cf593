/**
 * What whoever explains a decision is told while it is made: everything that was looked at, in order, and what the
 * decision rests on. The decision itself is the same with a witness and without one.
 */
import type { NamedPolicy } from '../identity/identity.ts';
import type { Policy, PolicyRequest, Statement } from './language/document.ts';
import { evaluate, type Mismatch, type Verdict } from './language/evaluate.ts';

export type FindingKind =
  | 'acl'
  | 'addresses'
  | 'boundary'
  | 'bucket-policy'
  | 'identity-policy'
  | 'namespace'
  | 'ownership'
  | 'public-access-block'
  | 'root'
  | 'session-policy'
  | 'trust-policy';

/** One thing that was looked at. */
export interface Finding {
  readonly kind: FindingKind;
  /** `statement "DenyPlain" of policy readers of group staff`; a statement without a Sid by its place, from 1. */
  readonly name: string;
  /** What it says of the request by itself; `none` where it says nothing. */
  readonly effect: 'allow' | 'deny' | 'none';
  readonly because: string;
}

export interface Witness {
  saw(finding: Finding): void;
  /** Names of what the decision rests on; none where nothing allows. Once, at the end. */
  decided(by: readonly string[]): void;
}

/** A policy's verdict, each of its statements told. @param name `the bucket policy` */
export function witnessed(
  policy: Policy,
  request: PolicyRequest,
  witness: Witness,
  kind: FindingKind,
  name: string,
): Verdict | undefined {
  return evaluate(policy, request, (statement, place, mismatch) => {
    const applies = mismatch === undefined;
    witness.saw({
      kind,
      name: `${statementName(statement, place)} of ${name}`,
      effect: !applies ? 'none' : statement.effect === 'Deny' ? 'deny' : 'allow',
      because: applies ? `it applies to ${request.action}` : mismatchText(mismatch, request),
    });
  });
}

/** Each of a user's policies by name. */
export const namedVerdict = (
  { name, policy }: NamedPolicy,
  request: PolicyRequest,
  witness: Witness | undefined,
  kind: FindingKind,
): Verdict | undefined =>
  witness === undefined
    ? evaluate(policy, request)
    : witnessed(policy, request, witness, kind, name);

/** @param place from 1 */
export const statementName = ({ sid }: Pick<Statement, 'sid'>, place: number): string =>
  `statement ${sid === undefined ? place : JSON.stringify(sid)}`;

function mismatchText(mismatch: Mismatch, request: PolicyRequest): string {
  switch (mismatch) {
    case 'Principal':
      return 'it is not about the caller';
    case 'Action':
      return `it is not about ${request.action}`;
    case 'Resource':
      return `it is not about ${request.resource}`;
    default: {
      const { operator, key, values } = mismatch;
      const name = key.suffix === '' ? key.name : `${key.name}/${key.suffix}`;
      const actual = request.values(key);
      const found = actual === undefined ? 'absent' : JSON.stringify(actual);
      return `its condition ${operator} on ${name} wants ${JSON.stringify(values)}, which is ${found}`;
    }
  }
}
