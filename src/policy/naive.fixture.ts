/**
 * A second reading of policies, ACLs, the public access block and object ownership, straight from the JSON and the
 * words of AWS's guides: slow, without any structure, and sharing nothing with the first but its answers.
 */
export type Condition = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

type Principal = '*' | { readonly AWS: readonly string[] } | { readonly CanonicalUser: string };

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  readonly Condition?: Condition;
}

export interface Grant {
  /** An account, everybody, or everybody with an account. */
  readonly to: string;
  readonly permission: string;
}

export interface Situation {
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
  /** Undefined for nobody in particular. */
  readonly who: string | undefined;
  readonly isRoot: boolean;
  readonly action: string;
  readonly permission: string | undefined;
  /** Undefined: about the bucket. */
  readonly key: string | undefined;
  readonly bucketOwner: string;
  readonly bucketGrants: readonly Grant[];
  readonly objectOwner: string;
  readonly objectGrants: readonly Grant[];
  readonly ignorePublicAcls: boolean;
  readonly restrictPublicBuckets: boolean;
  readonly ownership: string | undefined;
  /** Condition key as a policy writes it → what the request says. */
  readonly values: Readonly<Record<string, readonly string[] | undefined>>;
}

/** One character after the other, everything that `*` can be. */
export function isLike(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*')
    return isLike(rest, text) || (text.length > 0 && isLike(pattern, text.slice(1)));
  if (text.length === 0) return false;
  return (first === '?' || first === text[0]) && isLike(rest, text.slice(1));
}

const star = '\uE000';
const mark = '\uE001';

/** The text with its variables in place, its wildcards as marks; undefined if a variable isn't there. */
function written(text: string, { version, values }: Situation): string | undefined {
  const marked = text.replaceAll('*', star).replaceAll('?', mark);
  if (version === '2008-10-17') return marked;
  let lacks = false;
  const full = marked.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name === star) return '*';
    if (name === mark) return '?';
    if (name === '$') return '$';
    const [key = '', fallback] = name.split(/, *'|'/);
    const found = values[key];
    const value = found?.length === 1 ? found[0] : fallback;
    if (value === undefined) lacks = true;
    return value ?? '';
  });
  return lacks ? undefined : full;
}

function resembles(wanted: string, actual: string, one: Situation): boolean | undefined {
  const pattern = written(wanted, one);
  if (pattern === undefined) return undefined;
  const hide = (text: string) => text.replaceAll('*', '\uE002').replaceAll('?', '\uE003');
  const shown = hide(pattern).replaceAll(star, '*').replaceAll(mark, '?');
  return isLike([...shown], [...hide(actual)]);
}

function equals(wanted: string, actual: string, one: Situation): boolean | undefined {
  const text = written(wanted, one)?.replaceAll(star, '*').replaceAll(mark, '?');
  return text === undefined ? undefined : text === actual;
}

function addressBits(address: string): string {
  return address
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
}

function isIn(range: string, address: string): boolean {
  const [network = '', length = '32'] = range.split('/');
  const shared = Number(length);
  return addressBits(network).slice(0, shared) === addressBits(address).slice(0, shared);
}

function compares(how: string, actual: number, wanted: number): boolean {
  if (how === 'Equals') return actual === wanted;
  if (how === 'LessThan') return actual < wanted;
  if (how === 'LessThanEquals') return actual <= wanted;
  if (how === 'GreaterThan') return actual > wanted;
  return actual >= wanted;
}

/** An operator without `Not`, on one value of each side; undefined if a variable isn't there. */
function one(operator: string, wanted: string, actual: string, situation: Situation) {
  if (operator === 'StringEquals') return equals(wanted, actual, situation);
  if (operator === 'StringEqualsIgnoreCase') {
    const values = Object.entries(situation.values).map(
      ([key, list]) => [key, list?.map((value) => value.toLowerCase())] as const,
    );
    const small = { ...situation, values: Object.fromEntries(values) };
    // Names of variables are in the case that they have.
    const lower = wanted.replaceAll(/\$\{[^}]*\}|./gs, (part) =>
      part.length === 1 ? part.toLowerCase() : part,
    );
    return equals(lower, actual.toLowerCase(), small);
  }
  if (operator === 'StringLike') return resembles(wanted, actual, situation);
  if (operator.startsWith('Arn')) {
    const parts = wanted.split(':');
    const texts = actual.split(':');
    return (
      parts.length === texts.length &&
      parts.every((part, at) => resembles(part, texts[at]!, situation) === true)
    );
  }
  if (operator === 'IpAddress') return isIn(wanted, actual);
  if (operator === 'Bool') return wanted.toLowerCase() === actual;
  if (operator.startsWith('Numeric')) {
    return compares(operator.slice('Numeric'.length), Number(actual), Number(wanted));
  }
  return compares(operator.slice('Date'.length), Date.parse(actual), Date.parse(wanted));
}

function holds(
  written: string,
  key: string,
  wanted: readonly string[],
  of: Situation,
  effect: string,
) {
  const [, quantifier, rest = ''] = /^(ForAllValues:|ForAnyValue:)?(.*)$/.exec(written)!;
  const ifExists = rest.endsWith('IfExists');
  const name = ifExists ? rest.slice(0, -'IfExists'.length) : rest;
  const isNot = name.includes('Not');
  const operator = name.replace('Not', '');
  const actual = of.values[key] ?? [];
  if (operator === 'Null')
    return wanted.some((value) => (value === 'true') === (actual.length === 0));
  if (actual.length === 0) {
    if (quantifier === 'ForAnyValue:') return ifExists;
    return ifExists || quantifier === 'ForAllValues:' || isNot;
  }
  const fits = actual.map((value) => {
    const results = wanted.map((text) => one(operator, text, value, of));
    if (!isNot) return results.includes(true);
    return !results.includes(true) && (effect === 'Deny' || !results.includes(undefined));
  });
  if (quantifier === 'ForAllValues:') return !fits.includes(false);
  if (quantifier === 'ForAnyValue:') return fits.includes(true);
  return isNot ? !fits.includes(false) : fits.includes(true);
}

function names(principal: Principal, who: string | undefined): boolean {
  if (principal === '*') return true;
  const list = 'AWS' in principal ? principal.AWS : [principal.CanonicalUser];
  return list.some((name) => name === '*' || name === who || name === `arn:aws:iam::${who}:root`);
}

function arn({ key }: Situation): string {
  return key === undefined ? 'arn:aws:s3:::b' : `arn:aws:s3:::b/${key}`;
}

/** Whether a statement speaks about the request. */
function speaks(statement: Statement, of: Situation): boolean {
  const { Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement;
  if (Principal !== undefined && !names(Principal, of.who)) return false;
  if (NotPrincipal !== undefined && names(NotPrincipal, of.who)) return false;
  const action = [...of.action.toLowerCase()];
  const acts = (patterns: readonly string[]) =>
    patterns.some((pattern) => isLike([...pattern.toLowerCase()], action));
  if (Action !== undefined && !acts(Action)) return false;
  if (NotAction !== undefined && acts(NotAction)) return false;
  const reach = (patterns: readonly string[]) =>
    patterns.map((pattern) => resembles(pattern, arn(of), of));
  if (Resource !== undefined && !reach(Resource).includes(true)) return false;
  if (NotResource !== undefined) {
    const results = reach(NotResource);
    if (results.includes(true)) return false;
    if (Effect === 'Allow' && results.includes(undefined)) return false;
  }
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, key, wanted, of, Effect)),
  );
}

/** Of the keys that the tests use, those whose fixed values stand for somebody in particular. */
const fixing = ['aws:PrincipalAccount', 'aws:PrincipalArn', 'aws:userid'];

function isPublicStatement({ Effect, Principal, Condition = {} }: Statement): boolean {
  if (Effect !== 'Allow' || Principal === undefined || !names(Principal, undefined)) return false;
  return !Object.entries(Condition).some(([operator, keys]) =>
    Object.entries(keys).some(([key, wanted]) => {
      if (key === 'aws:SourceIp' && /^(ForAnyValue:)?IpAddress$/.test(operator)) {
        return wanted.every((range) => Number(range.split('/')[1] ?? 32) >= 8);
      }
      const compares = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/;
      return (
        fixing.includes(key) &&
        compares.test(operator) &&
        wanted.every((text) => !text.includes('*') && !text.includes('?') && !text.includes('${'))
      );
    }),
  );
}

export function isPublic(statements: readonly Statement[]): boolean {
  return statements.some(isPublicStatement);
}

function isGranted(grants: readonly Grant[], of: Situation): boolean {
  return grants.some(({ to, permission }) => {
    if (permission !== of.permission && permission !== 'FULL_CONTROL') return false;
    if (to === 'everybody') return !of.ignorePublicAcls;
    if (to === 'accounts') return !of.ignorePublicAcls && of.who !== undefined;
    return to === of.who;
  });
}

/** Whether the request is allowed. */
export function naively(of: Situation): boolean {
  const { who, isRoot, bucketOwner, ownership, key, action } = of;
  const ownsBucket = who === bucketOwner;
  const enforced = ownership === 'BucketOwnerEnforced';
  const locks = action === 's3:PutObjectRetention' || action === 's3:PutObjectLegalHold';
  const objectOwner = enforced || locks ? bucketOwner : of.objectOwner;
  const says = (effect: string) =>
    of.statements.some((statement) => statement.Effect === effect && speaks(statement, of));
  const ownPolicy = /^s3:(Get|Put|Delete)BucketPolicy$/.test(action) && (ownsBucket || isRoot);
  if (!ownPolicy && says('Deny')) return false;
  if (isRoot) return true;
  if (of.restrictPublicBuckets && isPublic(of.statements) && !ownsBucket) return false;
  if (who !== undefined && who === (key === undefined ? bucketOwner : objectOwner)) return true;
  if (says('Allow') && (key === undefined || objectOwner === bucketOwner)) return true;
  if (enforced || of.permission === undefined) return false;
  return isGranted(key === undefined ? of.bucketGrants : of.objectGrants, of);
}
