/** Inputs and outputs of operations as the client takes and gives them: AWS's shapes, with bodies of any kind. */
import type { OperationRow } from '../model/operation.ts';
import type { OperationName } from '../model/operations.gen.ts';
import type { Shape } from '../model/shape.ts';
import type { OperationTypes } from '../model/types.gen.ts';
import type { BodyInput } from './body.ts';
import type { ObjectBody } from './object-body.ts';

/** A row of the model with shapes: what `send` takes. */
export interface Operation<Name extends OperationName = OperationName> extends OperationRow {
  readonly name: Name;
  readonly input: Shape;
}

/** What every answer says of itself, beside the operation's own output. */
export interface ResponseMetadata {
  readonly httpStatusCode: number;
  readonly requestId: string | undefined;
  readonly extendedRequestId: string | undefined;
  /** Attempts that it took, this one included. */
  readonly attempts: number;
}

type WithBody<Value, Body> = {
  [Member in keyof Value]: Member extends 'Body' ? Body | undefined : Value[Member];
};

export type ClientInput<Name extends OperationName> = WithBody<
  OperationTypes[Name]['input'],
  BodyInput
>;

type OutputOf<Value> = { [Member in keyof Value]: Member extends 'Body' ? Body : Value[Member] };
type Body = ObjectBody;

type Output<Value> = 'Body' extends keyof Value
  ? OutputOf<Value> & { readonly Body: ObjectBody }
  : Value;

export type ClientOutput<Name extends OperationName> = Output<OperationTypes[Name]['output']> & {
  readonly $metadata: ResponseMetadata;
};

export interface RequestOptions {
  /** Ends the request; it then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The input may be left out where nothing in it must be there. */
export type InputArguments<Name extends OperationName> =
  Partial<ClientInput<Name>> extends ClientInput<Name>
    ? [input?: ClientInput<Name>, options?: RequestOptions]
    : [input: ClientInput<Name>, options?: RequestOptions];
