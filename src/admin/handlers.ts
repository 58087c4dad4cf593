/** What answers each route: a function of its fields and of who asks. */
import type { Ask, OpenAsk } from './ask.ts';
import type { AnswerOf, FieldsOf } from './contract.ts';
import type { RouteName, routes } from './routes.ts';

type AskOf<Name extends RouteName> = (typeof routes)[Name] extends { readonly open: true }
  ? OpenAsk
  : Ask;

export type Handlers = {
  readonly [Name in RouteName]: (
    fields: FieldsOf<Name>,
    ask: AskOf<Name>,
  ) => AnswerOf<Name> | Promise<AnswerOf<Name>>;
};
