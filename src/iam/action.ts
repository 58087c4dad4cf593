/** What an operation of IAM is: whom it is about, and what it reads or writes there. */
import type { Account, Principal } from '../identity/identity.ts';
import type { KeyUses } from '../identity/key-uses.ts';
import type { Sealer } from '../identity/secrets.ts';
import type { Snapshot } from '../identity/snapshot.ts';
import type { IamTypes } from '../model/iam.gen.ts';
import type { MetaOp } from '../store/meta/port.ts';

/** All that an action may look at. */
export interface Situation {
  /** Identities as they are when the action takes place. */
  readonly snapshot: Snapshot;
  /** The caller's: every name is one of this account. */
  readonly account: Account;
  /** Absent: the account itself. */
  readonly principal: Principal | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of the secrets of access keys. */
  readonly keySealer: Sealer;
  readonly keyUses: Pick<KeyUses, 'last'>;
}

/** What a right is needed on, and what policies may ask of it beside the request. */
export interface Target {
  readonly arn: string;
  readonly facts?: Facts;
}

/** Condition keys in lower case, with `/` and the suffix as written where they have one. */
export type Facts = Readonly<Record<string, readonly string[] | undefined>>;

/** What is written, and the operation's output. */
export interface Written<Output> {
  readonly ops: readonly MetaOp[];
  readonly result: Output;
}

interface Aimed<Input> {
  readonly on: (input: Input, situation: Situation) => Target;
}

export interface ReadAction<Input, Output> extends Aimed<Input> {
  readonly read: (input: Input, situation: Situation) => Output | Promise<Output>;
}

export interface WriteAction<Input, Output> extends Aimed<Input> {
  /** Runs again where another change came before; random ids are others then. */
  readonly write: (input: Input, situation: Situation) => Written<Output>;
}

export type Action<Input, Output> = ReadAction<Input, Output> | WriteAction<Input, Output>;

/** By the operation's name. */
export type IamAction<Name extends keyof IamTypes> = Action<
  IamTypes[Name]['input'],
  IamTypes[Name]['output']
>;

/** For operations whose only answer is that it is done. */
export const done = (...ops: readonly MetaOp[]): Written<undefined> => ({ ops, result: undefined });
