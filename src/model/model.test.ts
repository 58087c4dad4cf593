import { describe, expect, it } from 'vitest';
import { enums, openEnums } from './enums.gen.ts';
import { extraOperations } from './extra-operations.ts';
import type { OperationRow } from './operation.ts';
import { operations, refusedOperations } from './operations.gen.ts';
import type { Member } from './shape.ts';
import { shapes } from './shapes.gen.ts';

const members: readonly [string, Member][] = Object.entries(shapes).flatMap(
  ([shape, { members: list }]) =>
    list.map((member): [string, Member] => [`${shape}.${member.name}`, member]),
);

describe('the model', () => {
  it('has the operations of general purpose buckets, each under one name', () => {
    const names = [operations, refusedOperations, extraOperations].flatMap(Object.keys);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(operations)).toEqual(Object.keys(operations).sort());
    for (const name of ['PutObject', 'ListObjectsV2', 'PutBucketAcl', 'UploadPartCopy']) {
      expect(operations).toHaveProperty(name);
    }
    expect(refusedOperations).toHaveProperty('CreateSession');
  });

  it('knows every shape that it names', () => {
    const named = [
      ...Object.values<OperationRow>(operations).flatMap(({ input, output }) => [input, output]),
      ...members.filter(([, { of = '' }]) => /^[A-Z]/.test(of)).map(([, { of }]) => of),
    ].filter((name) => name !== undefined);
    expect(named.filter((name) => !(name in shapes))).toEqual([]);
    expect(Object.keys(shapes).filter((name) => !named.includes(name))).toEqual([]);
  });

  it('knows the values of every enumeration that it names', () => {
    const named = new Set(members.flatMap(([, { enum: name }]) => name ?? []));
    expect([...named].sort()).toEqual(Object.keys(enums).sort());
    for (const name of openEnums) expect(named).toContain(name);
  });

  it('has no shape that contains itself, so that writers can be put together beforehand', () => {
    const visit = (name: string, path: readonly string[]): void => {
      expect(path).not.toContain(name);
      for (const { of = '' } of shapes[name]!.members) {
        if (of in shapes) visit(of, [...path, name]);
      }
    };
    for (const name of Object.keys(shapes)) visit(name, []);
  });

  it('names headers, parameters and elements of a shape once only', () => {
    for (const [name, { members: list }] of Object.entries(shapes)) {
      const wires = list.map(
        (member) => `${member.in} ${(member.wire ?? member.name).toLowerCase()}`,
      );
      expect({ name, wires: [...new Set(wires)] }).toEqual({ name, wires });
    }
  });

  it('marks what must not be logged', () => {
    const secrets = members.filter(([, { secret }]) => secret).map(([path]) => path);
    expect(secrets).toContain('PutObjectRequest.SSECustomerKey');
    expect(secrets).toContain('CopyObjectRequest.CopySourceSSECustomerKey');
  });
});
