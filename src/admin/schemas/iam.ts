/**
 * IAM's operations as schemas, made from AWS's model: the same names and shapes as in the Query API, as JSON. Times
 * are ISO 8601; policy documents are the text that was put.
 */
import { z } from 'zod';
import { type IamTypes, iamOperations } from '../../model/iam.gen.ts';
import type { Member, Shape } from '../../model/shape.ts';
import { accountId } from './values.ts';

export type IamActionName = keyof IamTypes;

export const iamActionNames = Object.keys(iamOperations) as readonly IamActionName[];

type Side = 'input' | 'answer';

/** The input of an action, or its output. */
export function iamSchema(action: IamActionName, side: Side): z.ZodType {
  const { input, output } = iamOperations[action] as {
    readonly input?: Shape;
    readonly output?: Shape;
  };
  const shape = side === 'input' ? input : output;
  return shape === undefined ? z.strictObject({}) : structure(shape, side);
}

function structure({ members }: Shape, side: Side): z.ZodType {
  return z.strictObject(
    Object.fromEntries(
      members.map((member) => {
        const value = schemaOf(member, side);
        return [member.name, member.required === true ? value : value.optional()];
      }),
    ),
  );
}

function schemaOf({ kind, of }: Member, side: Side): z.ZodType {
  switch (kind) {
    case 'structure':
      return structure(of as Shape, side);
    case 'list':
      return z.array(typeof of === 'string' ? scalar(of, side) : structure(of as Shape, side));
    case 'map':
      return z.record(z.string(), scalar(typeof of === 'string' ? of : 'string', side));
    default:
      return scalar(kind, side);
  }
}

function scalar(kind: string, side: Side): z.ZodType {
  switch (kind) {
    case 'boolean':
      return z.boolean();
    case 'integer':
    case 'long':
      return z.int();
    case 'date-time':
      return side === 'answer' ? z.iso.datetime() : z.string();
    default:
      return z.string();
  }
}

const action = z.enum(iamActionNames as [IamActionName, ...IamActionName[]]);

/** The other fields are those of the action's own input. */
export const iamContract = {
  callIam: { input: z.looseObject({ action }), answer: z.looseObject({}) },
  callIamForAccount: {
    input: z.looseObject({ action, account: accountId }),
    answer: z.looseObject({}),
  },
} as const;
