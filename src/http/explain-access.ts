/**
 * Why somebody may or may not do something, asked without a request: it takes the pipeline's own way, from the key
 * over the bucket and its rules to the decision, with a witness beside it.
 *
 * What only a request's document would tell counts as in the pipeline before it is read: in the caller's favour.
 */
import type { Socket } from 'node:net';
import type { ManagedIdentityDirectory } from '../identity/directory.ts';
import { holderByArn } from '../identity/holder-by-arn.ts';
import type { Caller } from '../identity/identity.ts';
import { rootArn } from '../identity/names.ts';
import type { Snapshot } from '../identity/snapshot.ts';
import { plainAddress } from '../limits/addresses.ts';
import type { AddressRule } from '../limits/shapes.ts';
import type { Access, Operation } from '../operations/operation.ts';
import { isAction } from '../policy/language/actions.ts';
import type { PolicyRequest } from '../policy/language/document.ts';
import { arnOf } from '../policy/language/parse.ts';
import { parseTemplate } from '../policy/language/template.ts';
import type { Finding } from '../policy/witness.ts';
import { type ErrorCode, S3Error } from '../protocol/errors.ts';
import type { WireRequest } from '../protocol/request.ts';
import type { Store } from '../store/store.ts';
import { type Asked, loadBucket } from './authorise.ts';
import { authoriseRequest, nameResource } from './authorise-request.ts';
import { callerOf, keyHolder } from './key-holder.ts';
import type { OperationTable } from './pipeline.ts';
import { RequestFacts, type RequestSource, type Target } from './policy-request.ts';
import { keptOut } from './screen.ts';
import { namespaceOf } from './virtual-host.ts';

/** What somebody would ask for. */
export interface AccessQuestion {
  /** Neither this nor an ARN: nobody in particular, without a signature. */
  readonly accessKeyId?: string | undefined;
  /** In place of a key: an account, a user, or a role as sessions of it have it. */
  readonly arn?: string | undefined;
  /** `s3:GetObject` */
  readonly action: string;
  /** Undefined for actions on no bucket, such as s3:ListAllMyBuckets. */
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly versionId?: string | undefined;
  /** As a host name would say it; the key's if left out. */
  readonly namespace?: string | undefined;
  /** Left out, no list of addresses keeps it out. */
  readonly sourceIp?: string | undefined;
  /** Over TLS. */
  readonly secure?: boolean | undefined;
  /** Lower-case name → value. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: readonly (readonly [name: string, value: string])[] | undefined;
  /** What condition keys (`aws:Referer`) are taken to be, whatever the rest says. */
  readonly conditions?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** Plain data: JSON as it is. */
export interface AccessExplanation {
  readonly allowed: boolean;
  /** The error that the request would be answered with. */
  readonly code: string | undefined;
  readonly reason: string;
  /** Names among `considered`; none where nothing allows it. */
  readonly decidedBy: readonly string[];
  /** Everything that was looked at, in order. */
  readonly considered: readonly Finding[];
  /** ARN of who asks; undefined for nobody in particular. */
  readonly caller: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly namespace: string;
  /** A policy asks of a document what is not known here, such as the tags that are put. */
  readonly dependsOnDocument: boolean;
}

export interface ExplainDeps {
  readonly identity: Pick<
    ManagedIdentityDirectory,
    'accessKey' | 'current' | 'restrictions' | 'session'
  > &
    Parameters<typeof keyHolder>[0];
  readonly store: Store;
  readonly operations: OperationTable;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The question makes no sense: told in its words. */
export class AccessQuestionError extends Error {
  override readonly name = 'AccessQuestionError';
}

/** @throws AccessQuestionError */
export async function explainAccess(
  question: AccessQuestion,
  deps: ExplainDeps,
): Promise<AccessExplanation> {
  const operation = operationFor(question, deps.operations);
  const { bucket, key } = question;
  if (operation.access.on !== 'account' && bucket === undefined) {
    throw new AccessQuestionError(`${question.action} is on a bucket: name it.`);
  }
  if (operation.access.on === 'object' && key === undefined) {
    throw new AccessQuestionError(`${question.action} is on an object: name its key.`);
  }
  const considered: Finding[] = [];
  const known = {
    action: question.action,
    resource: bucket === undefined ? '*' : arnOf(bucket, key),
    considered,
  };
  const clientAddress = addressIn(question);
  const caller = await callerFor(question, deps);
  if (caller.kind === 'nobody') {
    const { code, reason } = caller;
    const namespace = question.namespace ?? '';
    const told = { decidedBy: [], caller: undefined, namespace, dependsOnDocument: false };
    return { ...known, ...told, allowed: false, code, reason };
  }
  const target = { namespace: question.namespace, bucket, key, bucketInHost: false };
  const namespace = namespaceOf(target, caller);
  const border: Finding = {
    kind: 'namespace',
    name: `namespace ${namespace}`,
    effect: 'none',
    because: `the request acts in it, as ${question.namespace === undefined ? "the caller's namespace" : 'its host name says'}`,
  };
  considered.push(border);

  const source = sourceOf({ ...question, sourceIp: clientAddress }, operation, caller, deps);
  const facts = new AssumedFacts(source, question.conditions);
  let decidedBy: readonly string[] = [];
  let reason: string | undefined;
  const asked: Asked = {
    caller,
    store: deps.store,
    facts,
    denied: (why) => {
      reason = why;
    },
    neededAcl: () => {},
    witness: {
      saw: (finding) => considered.push(finding),
      decided: (by) => {
        decidedBy = by;
      },
    },
  };
  const refuse = (why: string, by: string, error: ErrorCode): never => {
    reason = why;
    decidedBy = [by];
    throw new S3Error(error);
  };
  const letIn = (rule: AddressRule | undefined, where: string): void => {
    if (rule === undefined) return;
    const name = `address list of ${where}`;
    const seen = (effect: 'none' | 'deny', because: string) =>
      considered.push({ kind: 'addresses', name, effect, because });
    if (clientAddress === undefined) {
      seen('none', 'the question names no address');
      return;
    }
    const why = keptOut(rule, clientAddress, where);
    seen(why === undefined ? 'none' : 'deny', why ?? `it lets ${clientAddress} in`);
    if (why !== undefined) refuse(why, name, 'AccessDenied');
  };
  let code: string | undefined;
  try {
    // As the screen has it (screen.ts), and in its order.
    for (const name of new Set([namespace, ...ownNamespace(caller)])) {
      const { suspended = false, addresses } = deps.identity.restrictions(name) ?? {};
      if (suspended) refuse(`namespace ${name} is suspended`, border.name, 'AllAccessDisabled');
      letIn(addresses, `namespace ${name}`);
    }
    const named = nameResource(operation, target, facts.source.request, { hasVersionId: true });
    const found = named && (await loadBucket(deps.store, namespace, named.bucket));
    if (found) letIn(found.limits?.addresses, `bucket ${found.name}`);
    await authoriseRequest(operation, { ...target, namespace }, found, named, asked);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    code = error.code;
    if (code === 'NoSuchBucket') decidedBy = [border.name];
    reason ??= error.message;
  }
  return {
    ...known,
    allowed: code === undefined,
    code,
    reason: reason ?? `allowed by ${decidedBy.join(' and ')}`,
    decidedBy,
    caller: arnOfCaller(caller),
    namespace,
    dependsOnDocument: facts.awaitsDocument,
  };
}

const ownNamespace = (caller: Caller): readonly string[] =>
  caller.kind === 'anonymous' ? [] : [caller.account.namespace];

function addressIn({ sourceIp }: AccessQuestion): string | undefined {
  if (sourceIp === undefined) return undefined;
  const address = plainAddress(sourceIp);
  if (address !== undefined) return address;
  throw new AccessQuestionError(`${JSON.stringify(sourceIp)} is no IP address.`);
}

const arnOfCaller = (caller: Caller): string | undefined =>
  caller.kind === 'anonymous'
    ? undefined
    : (caller.principal?.arn ?? rootArn(caller.account.number));

/** What is assumed wins over what the request would say. */
class AssumedFacts extends RequestFacts {
  readonly #assumed: ReadonlyMap<string, readonly string[]>;

  constructor(source: RequestSource, assumed: AccessQuestion['conditions'] = {}) {
    super(source);
    this.#assumed = new Map(
      Object.entries(assumed).map(([name, values]) => [name.toLowerCase(), values]),
    );
  }

  override about(action: string, target: Target): PolicyRequest {
    return this.#with(super.about(action, target));
  }

  override aboutAccount(action: string, resource: string): PolicyRequest {
    return this.#with(super.aboutAccount(action, resource));
  }

  #with(request: PolicyRequest): PolicyRequest {
    return {
      ...request,
      values: (key) => {
        const name = key.suffix === '' ? key.name : `${key.name}/${key.suffix}`;
        return this.#assumed.get(name.toLowerCase()) ?? request.values(key);
      },
    };
  }
}

function sourceOf(
  question: AccessQuestion,
  operation: Operation,
  caller: Caller,
  { region, now }: ExplainDeps,
): RequestSource {
  const { versionId, headers = {}, query = [] } = question;
  const request: WireRequest = {
    method: 'GET',
    rawPath: '/',
    rawQuery: '',
    query: versionId === undefined ? query : [...query, ['versionId', versionId]],
    headers,
  };
  // As much of a connection as conditions ask about.
  const socket = {
    encrypted: question.secure === true,
    getProtocol: () => 'TLSv1.3',
  } as unknown as Socket;
  const signature =
    caller.kind === 'anonymous'
      ? undefined
      : ({ version: 4, type: 'REST-HEADER', signedAt: now() } as const);
  const client = { clientAddress: question.sourceIp };
  return { caller, signature, request, operation: operation.name, socket, client, region, now };
}

/** Of several operations with one action the one of its name: what decides is the action. */
function operationFor({ action, key }: AccessQuestion, operations: OperationTable): Operation {
  const all = Object.values(operations) as readonly Operation[];
  const having = all.filter(({ access }) => actionsOf(access).includes(action));
  const name = action.slice(action.indexOf(':') + 1).replace(/Version(?=$|Acl|Tagging)/, '');
  const found = having.find((one) => one.name === name) ?? having[0];
  if (found !== undefined) return found;
  const template = parseTemplate(action.toLowerCase(), { wildcards: false, variables: false });
  if (template === undefined || !isAction(template) || !all[0]) {
    throw new AccessQuestionError(`There is no action ${action} on buckets or objects of S3.`);
  }
  // A right beside an operation's own, such as s3:BypassGovernanceRetention.
  const access: Access = {
    on: key === undefined ? 'bucket' : 'object',
    action,
    permission: undefined,
  };
  return { ...all[0], access };
}

const actionsOf = (access: Access): readonly string[] =>
  access.on === 'account' || access.ofVersion === undefined
    ? [access.action]
    : [access.action, access.ofVersion.action];

type Found = Caller | { readonly kind: 'nobody'; readonly code: string; readonly reason: string };

async function callerFor(
  { accessKeyId, arn }: AccessQuestion,
  { identity, now }: ExplainDeps,
): Promise<Found> {
  if (arn !== undefined) return callerByArn(arn, await identity.current());
  if (accessKeyId === undefined) return { kind: 'anonymous' };
  try {
    return callerOf(keyHolder(identity, accessKeyId, undefined), accessKeyId);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const { code } = error;
    if (code === 'AccountProblem') {
      return { kind: 'nobody', code, reason: "the namespace of the key's account is suspended" };
    }
    const record = (await identity.current()).keys.get(accessKeyId);
    const reason =
      record === undefined
        ? `there is no access key ${accessKeyId}`
        : record.inactive
          ? `access key ${accessKeyId} is inactive`
          : record.expiresAt !== undefined && record.expiresAt <= now()
            ? `access key ${accessKeyId} expired at ${new Date(record.expiresAt).toISOString()}`
            : `the secret of access key ${accessKeyId} can't be opened with this master key, or its user is gone`;
    return { kind: 'nobody', code, reason };
  }
}

function callerByArn(arn: string, snapshot: Snapshot): Found {
  const holder = holderByArn(snapshot, arn);
  if (holder === undefined) {
    return { kind: 'nobody', code: 'InvalidAccessKeyId', reason: `there is nobody called ${arn}` };
  }
  const { namespace } = holder.account;
  if (snapshot.records.namespace.get(namespace)?.suspended) {
    return {
      kind: 'nobody',
      code: 'AccountProblem',
      reason: `namespace ${namespace} is suspended`,
    };
  }
  return { kind: 'account', ...holder, accessKeyId: '' };
}
