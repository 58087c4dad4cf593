/** What an S3 Select expression says, as data: "SQL reference for Amazon S3 Select" in the user guide. */
import type { Value } from '../values/value.ts';

export interface Name {
  readonly text: string;
  /** Quoted names are told apart by case, others aren't. */
  readonly quoted: boolean;
}

/** One step from a value into it. */
export type PathStep =
  | { readonly kind: 'member'; readonly name: Name }
  | { readonly kind: 'index'; readonly index: number };

/** Steps of FROM may be wildcards: `[*]` each item, `.*` each member. */
export type SourceStep = PathStep | { readonly kind: 'items' } | { readonly kind: 'members' };

export const castTypes = ['bool', 'int', 'float', 'decimal', 'string', 'timestamp'] as const;
export type CastType = (typeof castTypes)[number];

export const dateParts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
export type DatePart = (typeof dateParts)[number];
export type ExtractPart = DatePart | 'timezone_hour' | 'timezone_minute';

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '||';
export type AggregateName = 'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  /** The first name may be the table's alias. */
  | { readonly kind: 'path'; readonly first: Name; readonly steps: readonly PathStep[] }
  | { readonly kind: 'negate' | 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'is'; readonly operand: Expression; readonly what: 'null' | 'missing' }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
  | { readonly kind: 'in'; readonly operand: Expression; readonly items: readonly Expression[] }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escaping: Expression | undefined;
    }
  | {
      readonly kind: 'case';
      /** What the branches' values are compared with; without it they are conditions. */
      readonly subject: Expression | undefined;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | undefined;
    }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: CastType }
  | {
      readonly kind: 'call';
      /** In upper case. */
      readonly name: string;
      readonly operands: readonly Expression[];
      /** Of DATE_ADD, DATE_DIFF and EXTRACT. */
      readonly part?: ExtractPart;
      /** Of TRIM. */
      readonly side?: 'leading' | 'trailing' | 'both';
    }
  /** Without operand: COUNT(*). */
  | {
      readonly kind: 'aggregate';
      readonly name: AggregateName;
      readonly operand: Expression | undefined;
    };

export interface SelectItem {
  readonly expression: Expression;
  readonly alias: string | undefined;
}

export interface Query {
  readonly items: '*' | readonly SelectItem[];
  /** After the first `[*]`, which S3Object has in any case. */
  readonly source: readonly SourceStep[];
  readonly alias: Name | undefined;
  readonly where: Expression | undefined;
  readonly limit: number | undefined;
}
