/** Inputs and outputs of operations as the client takes and gives them: AWS's shapes, with bodies of any kind. */
import type { OperationRow } from '../model/operation.ts';
import type { OperationName } from '../model/operations.gen.ts';
import type { Shape } from '../model/shape.ts';
import type { OperationTypes, SelectObjectContentEventStream } from '../model/types.gen.ts';
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

/** Members that are a stream of bytes, in inputs and outputs. */
export type StreamMember = 'Body' | 'AnnotationPayload';

type WithBodies<Value> = {
  [Member in keyof Value]: Member extends StreamMember
    ? BodyInput | Extract<Value[Member], undefined>
    : Value[Member];
};

export type ClientInput<Name extends OperationName> = WithBodies<OperationTypes[Name]['input']>;

/** What SelectObjectContent answers with, one member each. */
export type SelectEvent = Omit<SelectObjectContentEventStream, 'Records'> & {
  readonly Records?: { readonly Payload?: Uint8Array | undefined } | undefined;
};

/** Of what has no output, its type allows no member at all. */
type Output<Value> = string extends keyof Value
  ? unknown
  : {
      [Member in keyof Value as Member extends StreamMember | 'Payload'
        ? never
        : Member]: Value[Member];
    } & { readonly [Member in keyof Value & StreamMember]-?: ObjectBody } & {
      readonly [Member in keyof Value & 'Payload']-?: AsyncIterable<SelectEvent>;
    };

export type ClientOutput<Name extends OperationName> = Output<OperationTypes[Name]['output']> & {
  readonly $metadata: ResponseMetadata;
};

export interface RequestOptions {
  /** Ends the request; it then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
