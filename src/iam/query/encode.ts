/** Answers of AWS's Query protocol: an operation's output, or an error, as the XML document that clients read. */
import type { QueryOperation } from '../../model/query-operation.ts';
import type { Member, MemberKind, ScalarKind, Shape } from '../../model/shape.ts';
import { formatScalar } from '../../protocol/format-scalar.ts';
import { escapeText, textElement } from '../../protocol/xml/build.ts';
import type { QueryError } from './errors.ts';
import type { QueryService } from './service.ts';

export interface QueryAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** @param output undefined for operations that give nothing */
export function encodeQueryOutput(
  { namespace }: QueryService,
  { name, output: shape }: QueryOperation,
  output: object | undefined,
  requestId: string,
): QueryAnswer {
  const result =
    shape === undefined ? '' : `<${name}Result>${structure(shape, output ?? {})}</${name}Result>`;
  const metadata = `<ResponseMetadata>${textElement('RequestId', requestId)}</ResponseMetadata>`;
  const text = `<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`;
  return { status: 200, body: Buffer.from(text) };
}

const serverFault = 500;

export function encodeQueryError(
  { namespace }: QueryService,
  { code, message, status }: Pick<QueryError, 'code' | 'message' | 'status'>,
  requestId: string,
): QueryAnswer {
  const type = status >= serverFault && code !== 'NotImplemented' ? 'Receiver' : 'Sender';
  const error = [
    textElement('Type', type),
    textElement('Code', code),
    textElement('Message', message),
  ].join('');
  const text = `<ErrorResponse xmlns="${namespace}"><Error>${error}</Error>${textElement('RequestId', requestId)}</ErrorResponse>`;
  return { status, body: Buffer.from(text) };
}

function structure({ members }: Shape, value: object): string {
  const values = value as Readonly<Record<string, unknown>>;
  return members
    .map((member) => {
      const held = values[member.name];
      return held === undefined
        ? ''
        : `<${member.name}>${contentOf(member, held)}</${member.name}>`;
    })
    .join('');
}

function contentOf({ kind, of }: Member, value: unknown): string {
  switch (kind) {
    case 'structure':
      return structure(of as Shape, value as object);
    case 'list':
      return (value as readonly unknown[])
        .map((item) => `<member>${itemOf(of!, item)}</member>`)
        .join('');
    case 'map':
      return Object.entries(value as object)
        .map(([key, held]) => textElement('key', key) + textElement('value', String(held)))
        .map((entry) => `<entry>${entry}</entry>`)
        .join('');
    default:
      return scalar(kind, value);
  }
}

const itemOf = (of: Shape | ScalarKind, item: unknown): string =>
  typeof of === 'string' ? scalar(of, item) : structure(of, item as object);

/** Times have no fractions of a second here. */
const scalar = (kind: MemberKind, value: unknown): string =>
  kind === 'date-time'
    ? (value as Date).toISOString().replace(/\.\d+Z$/, 'Z')
    : escapeText(formatScalar(kind, value));
