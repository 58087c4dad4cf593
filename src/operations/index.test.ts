import { describe, expect, it } from 'vitest';
import { operations as modelled } from '../model/operations.gen.ts';
import type { S3Error } from '../protocol/errors.ts';
import { BucketGoneError, ContentionError } from '../store/errors.ts';
import { operations } from './index.ts';
import { mapStoreError } from './store-errors.ts';

describe('the table of operations', () => {
  it('holds every operation under its own name', () => {
    for (const [name, operation] of Object.entries(operations)) expect(operation.name).toBe(name);
  });

  it('accepts only members that its input has, each once', () => {
    for (const { name, accepts } of Object.values(operations)) {
      const members = modelled[name].input.members.map((member) => member.name);
      expect(new Set(accepts).size, name).toBe(accepts.length);
      expect(members, name).toEqual(expect.arrayContaining([...accepts]));
    }
  });

  it('takes a version id wherever S3 does', () => {
    for (const { name, accepts } of Object.values(operations)) {
      const members = modelled[name].input.members.map((member) => member.name);
      expect(accepts.includes('VersionId' as never), name).toBe(members.includes('VersionId'));
    }
  });

  it('accepts nothing of event holds or appending', () => {
    const notBuilt = /^(ObjectLockEventHold|WriteOffset)/;
    for (const { name, accepts } of Object.values(operations)) {
      expect(
        accepts.filter((member) => notBuilt.test(member)),
        name,
      ).toEqual([]);
    }
  });
});

describe('errors of the store', () => {
  it('become those of S3 where S3 has a word for them, and stay what they are elsewhere', () => {
    const code = (error: unknown) => (mapStoreError(error) as S3Error).code;
    expect(code(new BucketGoneError())).toBe('NoSuchBucket');
    expect(code(new ContentionError())).toBe('OperationAborted');
    const other = new Error('a bug');
    expect(mapStoreError(other)).toBe(other);
  });
});
