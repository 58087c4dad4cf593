/**
 * What the admin API has: method, path and the action that policies allow it by. Fields of a request that the path
 * doesn't name travel in the query of GET and DELETE, and in the body of POST and PUT; contract.ts says what they are.
 *
 * Plain data, so that a client loads nothing else.
 */
import type { KistAction } from '../policy/language/kist-actions.ts';
import { limitRoutes } from './limit-routes.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `{name}` stands for a field. */
  readonly path: string;
  /**
   * `nobody`: it needs no right, and may need no key; `iam`: those of IAM's own operations, which it stands for.
   */
  readonly action: KistAction | 'nobody' | 'iam';
  /** Answered without a signature or a session. */
  readonly open?: true;
  /** 200 if absent. */
  readonly status?: 201 | 202 | 204;
  /** One sentence. */
  readonly doc: string;
}

export const routes = {
  createSession: {
    method: 'POST',
    path: '/api/session',
    action: 'nobody',
    open: true,
    status: 201,
    doc: 'Begins a session of a browser, with a key pair or with the token of an OpenID Connect issuer.',
  },
  getSession: {
    method: 'GET',
    path: '/api/session',
    action: 'nobody',
    doc: 'Shows who asks, and the token that changes need in a session.',
  },
  deleteSession: {
    method: 'DELETE',
    path: '/api/session',
    action: 'nobody',
    status: 204,
    doc: 'Ends the session.',
  },
  whoAmI: {
    method: 'GET',
    path: '/api/whoami',
    action: 'nobody',
    doc: 'Shows whom a key or a session stands for.',
  },
  getServerStatus: {
    method: 'GET',
    path: '/api/server/status',
    action: 'kist:GetServerStatus',
    doc: 'Version, uptime, processes, readiness and disk.',
  },
  getServerMetrics: {
    method: 'GET',
    path: '/api/server/metrics',
    action: 'kist:GetServerMetrics',
    doc: 'What the metrics of all processes come to; all of them are on /metrics.',
  },
  getServerConfiguration: {
    method: 'GET',
    path: '/api/server/configuration',
    action: 'kist:GetServerConfiguration',
    doc: 'The settings that the server runs with, and where each comes from. Secrets are not shown.',
  },
  reloadServer: {
    method: 'POST',
    path: '/api/server/reload',
    action: 'kist:ReloadServer',
    status: 202,
    doc: 'Reads the configuration again and replaces the processes, as SIGHUP does; the status tells how it ended.',
  },
  listJobs: {
    method: 'GET',
    path: '/api/jobs',
    action: 'kist:ListJobs',
    doc: 'The jobs of the server, and how each ended last since the process that runs them started.',
  },
  runJob: {
    method: 'POST',
    path: '/api/jobs/{job}/runs',
    action: 'kist:RunJob',
    status: 202,
    doc: 'Begins a job now.',
  },
  listNamespaces: {
    method: 'GET',
    path: '/api/namespaces',
    action: 'kist:ListNamespaces',
    doc: 'The namespaces of the server; for others than its root, their own.',
  },
  createNamespace: {
    method: 'POST',
    path: '/api/namespaces',
    action: 'kist:CreateNamespace',
    status: 201,
    doc: 'Creates a namespace with an account and a key of that, whose secret is shown this once.',
  },
  getNamespace: {
    method: 'GET',
    path: '/api/namespaces/{namespace}',
    action: 'kist:GetNamespace',
    doc: 'A namespace: what its buckets hold together, what they begin with, and what it is held to.',
  },
  deleteNamespace: {
    method: 'DELETE',
    path: '/api/namespaces/{namespace}',
    action: 'kist:DeleteNamespace',
    status: 204,
    doc: 'Deletes a namespace with the account that it was made with, if nothing else is left in it.',
  },
  listAccounts: {
    method: 'GET',
    path: '/api/accounts',
    action: 'kist:ListAccounts',
    doc: 'The accounts of the server; for others than its root, their own.',
  },
  createAccount: {
    method: 'POST',
    path: '/api/accounts',
    action: 'kist:CreateAccount',
    status: 201,
    doc: 'Creates an account with a key of its own, whose secret is shown this once.',
  },
  getAccount: {
    method: 'GET',
    path: '/api/accounts/{account}',
    action: 'kist:GetAccount',
    doc: 'An account, with what it has and its quota.',
  },
  deleteAccount: {
    method: 'DELETE',
    path: '/api/accounts/{account}',
    action: 'kist:DeleteAccount',
    status: 204,
    doc: 'Deletes an account that has nothing but its own keys, and these with it.',
  },
  listBuckets: {
    method: 'GET',
    path: '/api/buckets',
    action: 'kist:ListBuckets',
    doc: "The account's buckets of a namespace, with what they hold; for the server's root, everybody's.",
  },
  createBucket: {
    method: 'POST',
    path: '/api/buckets',
    action: 'kist:CreateBucket',
    status: 201,
    doc: 'Creates a bucket, for who may s3:CreateBucket as well.',
  },
  getBucket: {
    method: 'GET',
    path: '/api/buckets/{bucket}',
    action: 'kist:GetBucket',
    doc: 'A bucket: its owner, what it holds, what it is held to, and how it is configured.',
  },
  deleteBucket: {
    method: 'DELETE',
    path: '/api/buckets/{bucket}',
    action: 'kist:DeleteBucket',
    status: 204,
    doc: 'Deletes a bucket that holds nothing, for who may s3:DeleteBucket as well.',
  },
  listGrants: {
    method: 'GET',
    path: '/api/grants',
    action: 'iam',
    doc: 'The ready-made roles that a user, group or role was granted on buckets.',
  },
  putGrant: {
    method: 'PUT',
    path: '/api/grants',
    action: 'iam',
    doc: 'Grants a ready-made role on a bucket, or on a prefix of one: an inline policy.',
  },
  deleteGrant: {
    method: 'DELETE',
    path: '/api/grants',
    action: 'iam',
    status: 204,
    doc: 'Takes a ready-made role back.',
  },
  callIam: {
    method: 'POST',
    path: '/api/iam/{action}',
    action: 'iam',
    doc: "An operation of IAM in the caller's account, with its input and output as JSON.",
  },
  callIamForAccount: {
    method: 'POST',
    path: '/api/accounts/{account}/iam/{action}',
    action: 'kist:ActForAccount',
    doc: 'An operation of IAM in another account, as that account itself.',
  },
  ...limitRoutes,
  explainAccess: {
    method: 'POST',
    path: '/api/access/explain',
    action: 'kist:ExplainAccess',
    doc: 'Why somebody would be allowed to do something, or not, and what decides it.',
  },
  listAuditRecords: {
    method: 'GET',
    path: '/api/audit',
    action: 'kist:ListAuditRecords',
    doc: "The audit log, the newest first: for the server's root all of it, for others what was asked with their account's keys, provably or not.",
  },
  getOpenApi: {
    method: 'GET',
    path: '/api/openapi.json',
    action: 'nobody',
    open: true,
    doc: 'This description.',
  },
} as const satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof routes;

export const routeNames = Object.keys(routes) as readonly RouteName[];

/** The table's entry in its general form. */
export const routeOf = (name: RouteName): Route => routes[name];

/** Names of fields in a path. */
export const pathFields = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);

export const hasBody = ({ method }: Pick<Route, 'method'>): boolean =>
  method === 'POST' || method === 'PUT';
