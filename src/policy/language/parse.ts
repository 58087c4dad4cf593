/**
 * The text of a policy → a policy, or the refusal of S3 and IAM ("Bucket policies for Amazon S3" in the S3 user
 * guide, "IAM JSON policy elements reference" in the IAM user guide).
 *
 * S3 also refuses a statement whose actions don't fit its resources (`s3:PutObject` on the bucket itself), or
 * its condition keys (`s3:prefix` of `s3:PutObject`); here it is taken. The former never applies, the latter as
 * to a request that doesn't have the key.
 */
import { isAction } from './actions.ts';
import { isConditionKey, isIdentityConditionKey } from './condition-keys.ts';
import { parseConditions } from './conditions.ts';
import type { ConditionKey, Effect, Policy, Statement } from './document.ts';
import { isKistAction } from './kist-actions.ts';
import { malformedPolicy } from './malformed.ts';
import { parsePrincipals } from './principals.ts';
import { matches, parseTemplate, reaches, type Template } from './template.ts';

/** In bytes. */
export const maxPolicyBytes = 20 * 1024;

/** What a policy is put on, and so which elements it has. */
interface PolicyKind {
  readonly maxBytes: number;
  /** It names whom it is about. */
  readonly hasPrincipals: boolean;
  /** It is about what it is put on, and names no resource. */
  readonly hasResources: boolean;
  readonly actionOf: (text: string) => Template;
  readonly resourceOf: (text: string, variables: boolean) => Template;
  readonly isConditionKey: (key: ConditionKey) => boolean;
}

const currentVersion = '2012-10-17';
const versions: readonly unknown[] = [currentVersion, '2008-10-17'];

const policyElements = new Set(['Version', 'Id', 'Statement']);
const statementElements = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

type Element = Readonly<Record<string, unknown>>;

/**
 * @param bucket the bucket's name, which every resource must concern
 * @throws S3Error MalformedPolicy
 */
export function parsePolicy(text: string, bucket: string): Policy {
  return parse(text, {
    maxBytes: maxPolicyBytes,
    hasPrincipals: true,
    hasResources: true,
    actionOf: bucketAction,
    resourceOf: (one, variables) => bucketResource(one, bucket, variables),
    isConditionKey,
  });
}

/** Larger than any that IAM takes: 6,144 characters of a managed policy, without white space. */
export const maxIdentityPolicyBytes = 32 * 1024;

/**
 * A policy that a user, a group or a role has. It may name actions and resources of services that don't exist here;
 * what is misspelt of S3's is refused, since it would silently guard nothing.
 * @throws S3Error MalformedPolicy
 */
export const parseIdentityPolicy = (text: string): Policy =>
  parse(text, {
    maxBytes: maxIdentityPolicyBytes,
    hasPrincipals: false,
    hasResources: true,
    actionOf: identityAction,
    resourceOf: anyResource,
    isConditionKey: isIdentityConditionKey,
  });

/**
 * A role's: who may assume it.
 * @throws S3Error MalformedPolicy
 */
export const parseTrustPolicy = (text: string): Policy =>
  parse(text, {
    maxBytes: maxIdentityPolicyBytes,
    hasPrincipals: true,
    hasResources: false,
    actionOf: identityAction,
    resourceOf: anyResource,
    isConditionKey: isIdentityConditionKey,
  });

function parse(text: string, kind: PolicyKind): Policy {
  if (Buffer.byteLength(text) > kind.maxBytes) {
    throw malformedPolicy(
      `Normalized policy document exceeds the maximum allowed size of ${kind.maxBytes} bytes.`,
    );
  }
  const policy = jsonOf(text);
  assertElements(policy, policyElements);
  const { Version: version, Id: id } = policy;
  if (version !== undefined && !versions.includes(version)) {
    throw malformedPolicy('The policy must contain a valid version string');
  }
  if (id !== undefined && typeof id !== 'string') throw malformedPolicy('Invalid policy syntax.');
  if (policy.Statement === undefined) throw malformedPolicy('Missing required field Statement');
  const statements = listOf(policy.Statement);
  if (statements.length === 0) {
    throw malformedPolicy('Could not parse the policy: Statement is empty!');
  }
  const variables = version === currentVersion;
  return { statements: statements.map((one) => parseStatement(one, kind, variables)) };
}

function jsonOf(text: string): Element {
  if (!text.startsWith('{')) throw malformedPolicy();
  try {
    return JSON.parse(text) as Element;
  } catch (cause) {
    throw malformedPolicy('This policy contains invalid Json', cause);
  }
}

function parseStatement(element: unknown, kind: PolicyKind, variables: boolean): Statement {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw malformedPolicy('Invalid policy syntax.');
  }
  const statement = element as Element;
  assertElements(statement, statementElements);
  const { Sid: sid } = statement;
  if (sid !== undefined && typeof sid !== 'string') throw malformedPolicy('Invalid policy syntax.');
  const effect = effectOf(statement.Effect);
  const principal = kind.hasPrincipals
    ? oneOf(statement, 'Principal')
    : none(statement, 'Principal');
  if (principal.negated && effect === 'Allow') {
    throw malformedPolicy('Allow with NotPrincipal is not allowed.');
  }
  const action = oneOf(statement, 'Action');
  const resource = kind.hasResources ? oneOf(statement, 'Resource') : none(statement, 'Resource');
  const { Condition: condition } = statement;
  return {
    sid,
    effect,
    principals: kind.hasPrincipals
      ? parsePrincipals(principal.value, !kind.hasResources)
      : undefined,
    notPrincipal: principal.negated,
    actions: textsOf(action.value, 'Action').map(kind.actionOf),
    notAction: action.negated,
    resources: textsOf(resource.value, 'Resource').map((one) => kind.resourceOf(one, variables)),
    notResource: resource.negated,
    conditions:
      condition === undefined ? [] : parseConditions(condition, { variables }, kind.isConditionKey),
  };
}

function assertElements(element: Element, known: ReadonlySet<string>): void {
  for (const name of Object.keys(element)) {
    if (!known.has(name)) throw malformedPolicy(`Unknown field ${name}`);
  }
}

function effectOf(value: unknown): Effect {
  if (value === undefined) throw malformedPolicy('Missing required field Effect');
  if (value === 'Allow' || value === 'Deny') return value;
  throw malformedPolicy(`Invalid effect: ${String(value)}`);
}

/** `Action` or `NotAction`, exactly one of them. */
function oneOf(statement: Element, name: string): { value: unknown; negated: boolean } {
  const value = statement[name];
  const opposite = statement[`Not${name}`];
  if (value !== undefined && opposite !== undefined) {
    throw malformedPolicy(`Statement contains both ${name} and Not${name}`);
  }
  if (value !== undefined) return { value, negated: false };
  if (opposite !== undefined) return { value: opposite, negated: true };
  throw malformedPolicy(`Missing required field ${name}`);
}

/** A policy that is about what it is put on can't name it, or whom. */
function none(statement: Element, name: string): { value: unknown; negated: boolean } {
  for (const element of [name, `Not${name}`]) {
    if (statement[element] !== undefined) {
      throw malformedPolicy(`Policy document should not specify a ${element.toLowerCase()}.`);
    }
  }
  return { value: '*', negated: false };
}

const identityActionForm = /^(?:\*|[a-z0-9-]+:[a-z0-9*?]+)$/;

function identityAction(text: string): Template {
  const action = text.toLowerCase();
  if (!identityActionForm.test(action)) {
    throw malformedPolicy(
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    );
  }
  if (action.startsWith('s3:')) return bucketAction(text);
  const template = parseTemplate(action, { wildcards: true, variables: false })!;
  if (action.startsWith('kist:') && !isKistAction(template)) {
    throw malformedPolicy(`There is no action ${text}.`);
  }
  return template;
}

const resourceForm = /^(?:\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+)$/;

function anyResource(text: string, variables: boolean): Template {
  const template = parseTemplate(text, { wildcards: true, variables });
  if (template === undefined || !resourceForm.test(text)) {
    throw malformedPolicy(`Resource ${text} must be in ARN format or "*".`);
  }
  return template;
}

function bucketAction(text: string): Template {
  const action = text.toLowerCase();
  const template = parseTemplate(action, { wildcards: true, variables: false });
  if (template === undefined || !isAction(template)) {
    throw malformedPolicy('Policy has invalid action');
  }
  return template;
}

const arnPrefix = 'arn:aws:s3:::';

/** The ARN that policies name a bucket or an object by. */
export function arnOf(bucket: string, key?: string): string {
  return key === undefined ? arnPrefix + bucket : `${arnPrefix}${bucket}/${key}`;
}

function bucketResource(text: string, bucket: string, variables: boolean): Template {
  const template = parseTemplate(text, { wildcards: true, variables });
  const isBucketOrObject =
    template !== undefined &&
    text.startsWith(arnPrefix) &&
    (reaches(template, arnOf(bucket, '')) || matchesLiterally(template, arnOf(bucket)));
  if (!isBucketOrObject) throw malformedPolicy('Policy has invalid resource');
  return template;
}

function matchesLiterally(template: Template, text: string): boolean {
  const nobody = { kind: 'anonymous' } as const;
  const request = { principal: nobody, action: '', resource: text, values: () => undefined };
  return matches(template, text, request) === true;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function textsOf(value: unknown, name: string): readonly string[] {
  const list = listOf(value);
  if (list.length === 0) throw malformedPolicy(`Missing required field ${name}`);
  return list.map((one) => {
    if (typeof one !== 'string') throw malformedPolicy('Invalid policy syntax.');
    return one;
  });
}
