/** AWS's own clients and this codec read each other: every operation, with inputs and outputs of all kinds. */
import { Readable } from 'node:stream';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { iamOperations } from '../../model/iam.gen.ts';
import type { QueryOperation } from '../../model/query-operation.ts';
import type { Member, Shape } from '../../model/shape.ts';
import { stsOperations } from '../../model/sts.gen.ts';
import { decodeQueryInput } from './decode.ts';
import { encodeQueryError, encodeQueryOutput, type QueryAnswer } from './encode.ts';
import { QueryError, queryErrors } from './errors.ts';
import { parseForm } from './form.ts';
import { findOperation, queryServices, type ServiceName } from './service.ts';

type Sent = { readonly body: string };
type AnyCommand = new (input: unknown) => iam.CreateUserCommand;

const clients = { iam: iam.IAMClient, sts: sts.STSClient };
const commands = { iam, sts } as unknown as Readonly<
  Record<ServiceName, Readonly<Record<string, AnyCommand>>>
>;

function clientOf(service: ServiceName, answer: (sent: Sent) => QueryAnswer): iam.IAMClient {
  const Client = clients[service] as typeof iam.IAMClient;
  return new Client({
    region: 'us-east-1',
    endpoint: 'http://localhost',
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      handle: async (request: Sent) => {
        const { status, body } = answer(request);
        const headers = { 'content-type': 'text/xml' };
        return { response: { statusCode: status, headers, body: Readable.from([body]) } } as never;
      },
      metadata: { handlerProtocol: 'http/1.1' },
    } as never,
  });
}

/** What an XML document can hold, and the client takes for no indentation. */
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((one) => /\S/.test(one) && one.trim() === one && !/[\p{Cc}\ufffe\uffff]/u.test(one));

function scalarOf(kind: string): fc.Arbitrary<unknown> {
  if (kind === 'integer') return fc.integer({ min: 0, max: 100_000 });
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'date-time') {
    return fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));
  }
  if (kind === 'blob') return fc.uint8Array({ maxLength: 12 });
  return text;
}

function memberOf({ kind, of }: Member): fc.Arbitrary<unknown> {
  if (kind === 'structure') return structureOf(of as Shape, true);
  if (kind === 'map') {
    return fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), fc.nat(), { minKeys: 1 });
  }
  if (kind !== 'list') return scalarOf(kind);
  const item = typeof of === 'string' ? scalarOf(of) : structureOf(of as Shape, true);
  return fc.array(item, { maxLength: 3 });
}

/** Of one that has nothing in it nothing is sent: inside of others, all members are there. */
function structureOf({ members }: Shape, isInside = false): fc.Arbitrary<object> {
  const required = members.filter(({ required }) => required || isInside).map(({ name }) => name);
  const record = Object.fromEntries(members.map((member) => [member.name, memberOf(member)]));
  return fc.record(record, { requiredKeys: required, noNullPrototype: true });
}

const all = [
  ...Object.values(iamOperations).map((operation) => ['iam', operation] as const),
  ...Object.values(stsOperations).map((operation) => ['sts', operation] as const),
] as readonly (readonly [ServiceName, QueryOperation])[];
const cases = all.map(([service, operation]) => [operation.name, service, operation] as const);
const runs = { numRuns: 8 };

describe("AWS's own clients", () => {
  it.each(cases)('%s is read as it was meant', async (name, service, operation) => {
    const inputs = operation.input === undefined ? fc.constant({}) : structureOf(operation.input);
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        let read: object | undefined;
        const client = clientOf(service, ({ body }) => {
          const form = parseForm(Buffer.from(body));
          const named = findOperation(form.get('Action'), form.get('Version'));
          expect([named.service.name, named.operation.name]).toEqual([service, name]);
          read = decodeQueryInput(named.operation, form);
          throw new Error('enough');
        });
        await client.send(new commands[service][`${name}Command`]!(input)).catch(() => undefined);
        expect(read).toEqual(input);
      }),
      runs,
    );
  });

  it.each(cases)('the answer of %s is read as it was meant', async (name, service, operation) => {
    const outputs =
      operation.output === undefined ? fc.constant({}) : structureOf(operation.output);
    const inputs = operation.input === undefined ? fc.constant({}) : structureOf(operation.input);
    await fc.assert(
      fc.asyncProperty(inputs, outputs, async (input, output) => {
        const client = clientOf(service, () =>
          encodeQueryOutput(queryServices[service], operation, output, 'the-request'),
        );
        const command = new commands[service][`${name}Command`]!(input);
        const { $metadata: _, ...received } = await client.send(command);
        expect(received).toEqual(output);
      }),
      runs,
    );
  });

  it.each(Object.keys(queryErrors))('the error %s is thrown by its code', async (code) => {
    const error = new QueryError(code as keyof typeof queryErrors, 'Why <not>?');
    const client = clientOf('iam', () => encodeQueryError(queryServices.iam, error, 'id'));
    const sent = client.send(new iam.GetUserCommand({}));
    await expect(sent).rejects.toMatchObject({
      message: 'Why <not>?',
      Code: code,
      $metadata: { httpStatusCode: error.status },
    });
  });
});
