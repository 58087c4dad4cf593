/**
 * The actions of Kist's own admin API, which policies of users, groups and roles may name. A misspelt one would
 * silently guard nothing, so it is refused.
 */
import { matches, type Template } from './template.ts';

export const kistActions = [
  'kist:ActForAccount',
  'kist:CreateAccount',
  'kist:CreateBucket',
  'kist:CreateNamespace',
  'kist:DeleteAccount',
  'kist:DeleteBucket',
  'kist:DeleteNamespace',
  'kist:ExplainAccess',
  'kist:GetAccount',
  'kist:GetBucket',
  'kist:GetKey',
  'kist:GetNamespace',
  'kist:GetServerConfiguration',
  'kist:GetServerMetrics',
  'kist:GetServerStatus',
  'kist:ListAccounts',
  'kist:ListAuditRecords',
  'kist:ListBuckets',
  'kist:ListJobs',
  'kist:ListNamespaces',
  'kist:PutAccountQuota',
  'kist:PutBucketAddresses',
  'kist:PutBucketQuota',
  'kist:PutBucketRate',
  'kist:PutKeyExpiry',
  'kist:PutKeyRate',
  'kist:PutNamespaceAddresses',
  'kist:PutNamespaceDefaults',
  'kist:PutNamespaceQuota',
  'kist:PutNamespaceRate',
  'kist:ReloadServer',
  'kist:RenameNamespace',
  'kist:ResumeNamespace',
  'kist:RotateKey',
  'kist:RunJob',
  'kist:SuspendNamespace',
] as const;

export type KistAction = (typeof kistActions)[number];

const lowerCase = kistActions.map((action) => action.toLowerCase());

const nobody = {
  principal: { kind: 'anonymous' },
  action: '',
  resource: '',
  values: () => undefined,
} as const;

/** @param template in lower case */
export const isKistAction = (template: Template): boolean =>
  lowerCase.some((action) => matches(template, action, nobody) === true);
