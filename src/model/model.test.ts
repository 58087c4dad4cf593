import { describe, expect, it } from 'vitest';
import { enums, openEnums } from './enums.gen.ts';
import { extraOperations } from './extra-operations.ts';
import type { OperationRow } from './operation.ts';
import { operations, refusedOperations } from './operations.gen.ts';
import type { Member, Shape } from './shape.ts';
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

  it('has every shape that it refers to under its name, and no other', () => {
    const named = [
      ...Object.values<OperationRow>(operations).flatMap(({ input, output }) => [input, output]),
      ...members.map(([, { of }]) => of),
    ].filter((shape) => typeof shape === 'object');
    expect(named.filter((shape) => shapes[shape.name] !== shape)).toEqual([]);
    expect(Object.values(shapes).filter((shape) => !named.includes(shape))).toEqual([]);
  });

  it('knows the values of every enumeration that it names', () => {
    const named = new Set(members.flatMap(([, { enum: name }]) => name ?? []));
    expect([...named].sort()).toEqual(Object.keys(enums).sort());
    for (const name of openEnums) expect(named).toContain(name);
  });

  it('has no shape that contains itself, so that writers can be put together beforehand', () => {
    const visit = (shape: Shape, path: readonly Shape[]): void => {
      expect(path).not.toContain(shape);
      for (const { of } of shape.members) {
        if (typeof of === 'object') visit(of, [...path, shape]);
      }
    };
    for (const shape of Object.values(shapes)) visit(shape, []);
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
