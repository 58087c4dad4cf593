import { describe, expect, it } from 'vitest';
import { iamOperations } from '../../model/iam.gen.ts';
import { stsOperations } from '../../model/sts.gen.ts';
import { decodeQueryInput } from './decode.ts';
import { QueryError } from './errors.ts';
import { parseForm } from './form.ts';
import { findOperation } from './service.ts';

const { CreateUser, ListUsers, UntagUser, CreatePolicyVersion } = iamOperations;

const decode = (operation: Parameters<typeof decodeQueryInput>[0], form: string) =>
  decodeQueryInput(operation, parseForm(Buffer.from(form)));

function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a form', () => {
  it('becomes an input by the shape of its operation', () => {
    const form =
      'Action=CreateUser&Version=2010-05-08&UserName=ann&Path=%2Fa+b%2F&Tags.member.1.Key=k&Tags.member.1.Value=&Tags.member.2.Key=l&Tags.member.2.Value=%C3%A4';
    expect(decode(CreateUser, form)).toEqual({
      UserName: 'ann',
      Path: '/a b/',
      Tags: [
        { Key: 'k', Value: '' },
        { Key: 'l', Value: 'ä' },
      ],
    });
    expect(decode(UntagUser, 'UserName=ann&TagKeys.member.1=a&TagKeys.member.2=b')).toEqual({
      UserName: 'ann',
      TagKeys: ['a', 'b'],
    });
    expect(decode(ListUsers, 'MaxItems=7')).toEqual({ MaxItems: 7 });
    const version = 'PolicyArn=a&PolicyDocument=b&SetAsDefault=true';
    expect(decode(CreatePolicyVersion, version)).toMatchObject({ SetAsDefault: true });
    expect(decode(CreateUser, 'UserName=ann&Tags=')).toEqual({ UserName: 'ann', Tags: [] });
    expect(decode(stsOperations.GetCallerIdentity, 'Action=GetCallerIdentity')).toEqual({});
  });

  it('is refused by the name of what is unknown, missing, out of its place or no value', () => {
    expect(refusalOf(() => decode(CreateUser, 'UserName=a&Colour=red'))).toBe(
      'ValidationError: CreateUser has no parameter Colour.',
    );
    expect(refusalOf(() => decode(CreateUser, 'Path=/'))).toMatch(/^ValidationError: .*'UserName'/);
    expect(refusalOf(() => decode(CreateUser, 'UserName=a&Tags.member.1.Key=k'))).toMatch(
      /^ValidationError: .*'Tags.member.1.Value'/,
    );
    const gap = 'UserName=a&TagKeys.member.1=a&TagKeys.member.3=b';
    expect(refusalOf(() => decode(UntagUser, gap))).toMatch(/no parameter TagKeys.member.3/);
    const zero = 'UserName=a&TagKeys.member.0=a';
    expect(refusalOf(() => decode(UntagUser, zero))).toMatch(/^ValidationError/);
    const padded = 'UserName=a&TagKeys.member.01=a';
    expect(refusalOf(() => decode(UntagUser, padded))).toMatch(/^ValidationError/);
    expect(refusalOf(() => decode(ListUsers, 'MaxItems=many'))).toBe(
      'ValidationError: "many" is no integer for MaxItems.',
    );
    expect(refusalOf(() => decode(ListUsers, 'maxitems=1'))).toMatch(/no parameter maxitems/);
    expect(refusalOf(() => decode(ListUsers, '__proto__=1'))).toMatch(/no parameter __proto__/);
  });

  it('is refused where it says something twice or cannot be read', () => {
    expect(refusalOf(() => parseForm(Buffer.from('A=1&A=2')))).toMatch(/^MalformedQueryString/);
    expect(refusalOf(() => parseForm(Buffer.from('A=%zz')))).toMatch(/^MalformedQueryString/);
    const many = Array.from({ length: 3000 }, (_, at) => `p${at}=`).join('&');
    expect(refusalOf(() => parseForm(Buffer.from(many)))).toMatch(/^MalformedQueryString/);
  });
});

describe('an action', () => {
  it('is found by its name and version, and refused by name where it is not built', () => {
    expect(findOperation('CreateUser', '2010-05-08').operation).toBe(CreateUser);
    expect(findOperation('AssumeRole', '2011-06-15').service.name).toBe('sts');
    expect(refusalOf(() => findOperation('CreateVirtualMFADevice', '2010-05-08'))).toBe(
      'NotImplemented: CreateVirtualMFADevice is not implemented',
    );
    expect(refusalOf(() => findOperation('toString', '2010-05-08'))).toMatch(/^InvalidAction/);
    expect(refusalOf(() => findOperation('CreateUser', undefined))).toMatch(/^InvalidAction/);
    expect(refusalOf(() => findOperation(undefined, '2010-05-08'))).toMatch(/^MissingAction/);
  });
});
