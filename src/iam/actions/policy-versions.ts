/** Versions of managed policies: CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions and the default one. */
import type { PolicyRecord, PolicyVersion } from '../../identity/records.ts';
import type { PolicyVersion as PolicyVersionShape } from '../../model/iam.gen.ts';
import { done, type IamAction } from '../action.ts';
import { checkQuota } from '../checks.ts';
import { policyDocument, shownDocument } from '../documents.ts';
import { putRecord } from '../entities.ts';
import { maxPolicyVersions } from '../limits.ts';
import { pageOf } from '../pages.ts';
import { QueryError } from '../query/errors.ts';
import { onPolicy, ownPolicy, usablePolicy } from './policies.ts';

const shape = (policy: PolicyRecord, { id, createdAt }: PolicyVersion): PolicyVersionShape => ({
  VersionId: id,
  IsDefaultVersion: policy.defaultVersion === id,
  CreateDate: new Date(createdAt),
});

/** @throws QueryError NoSuchEntity */
function versionOf(policy: PolicyRecord, id: string): PolicyVersion {
  const version = policy.versions.find((one) => one.id === id);
  if (version === undefined) {
    throw new QueryError('NoSuchEntity', `Policy ${policy.name} has no version ${id}.`);
  }
  return version;
}

export const createPolicyVersion: IamAction<'CreatePolicyVersion'> = {
  on: onPolicy,
  write({ PolicyArn, PolicyDocument, SetAsDefault = false }, situation) {
    const before = ownPolicy(PolicyArn, situation);
    const document = policyDocument(PolicyDocument);
    checkQuota(before.versions.length + 1, maxPolicyVersions, 'VersionsPerPolicy');
    const { now } = situation;
    const version = { id: `v${before.nextVersion}`, document, createdAt: now };
    const policy: PolicyRecord = {
      ...before,
      versions: [...before.versions, version],
      nextVersion: before.nextVersion + 1,
      updatedAt: now,
      defaultVersion: SetAsDefault ? version.id : before.defaultVersion,
    };
    return {
      ops: [putRecord('policy', policy)],
      result: { PolicyVersion: shape(policy, version) },
    };
  },
};

export const getPolicyVersion: IamAction<'GetPolicyVersion'> = {
  on: onPolicy,
  read({ PolicyArn, VersionId }, situation) {
    const policy = usablePolicy(PolicyArn, situation);
    const version = versionOf(policy, VersionId);
    return {
      PolicyVersion: { ...shape(policy, version), Document: shownDocument(version.document) },
    };
  },
};

export const listPolicyVersions: IamAction<'ListPolicyVersions'> = {
  on: onPolicy,
  read(input, situation) {
    const policy = usablePolicy(input.PolicyArn, situation);
    // Newest first, as IAM has them.
    const newest = Number.MAX_SAFE_INTEGER;
    const place = ({ id }: PolicyVersion) => String(newest - Number(id.slice(1)));
    const { items, end } = pageOf(policy.versions, place, input);
    return { Versions: items.map((version) => shape(policy, version)), ...end };
  },
};

export const setDefaultPolicyVersion: IamAction<'SetDefaultPolicyVersion'> = {
  on: onPolicy,
  write({ PolicyArn, VersionId }, situation) {
    const policy = ownPolicy(PolicyArn, situation);
    const { id } = versionOf(policy, VersionId);
    return done(putRecord('policy', { ...policy, defaultVersion: id, updatedAt: situation.now }));
  },
};

export const deletePolicyVersion: IamAction<'DeletePolicyVersion'> = {
  on: onPolicy,
  write({ PolicyArn, VersionId }, situation) {
    const policy = ownPolicy(PolicyArn, situation);
    const { id } = versionOf(policy, VersionId);
    if (id === policy.defaultVersion) {
      throw new QueryError('DeleteConflict', 'Cannot delete the default version of a policy.');
    }
    const versions = policy.versions.filter((version) => version.id !== id);
    return done(putRecord('policy', { ...policy, versions, updatedAt: situation.now }));
  },
};
