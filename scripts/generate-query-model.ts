/**
 * Writes `src/model/iam.gen.ts` and `src/model/sts.gen.ts` from the schemas that AWS's clients export: the
 * operations that Kist has, with their inputs and outputs, and the names of all others, which are refused by name.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { NormalizedSchema } from '@smithy/core/schema';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];
type OperationSchema = readonly [9, string, string, unknown, () => SchemaRef, () => SchemaRef];

interface Member {
  readonly name: string;
  readonly kind: string;
  readonly of?: string;
  readonly required: boolean;
}

const built = {
  iam: [
    ...['AddUserToGroup', 'AttachGroupPolicy', 'AttachRolePolicy', 'AttachUserPolicy'],
    ...['CreateAccessKey', 'CreateGroup', 'CreateOpenIDConnectProvider', 'CreatePolicy'],
    ...['CreatePolicyVersion', 'CreateRole', 'CreateUser', 'DeleteAccessKey', 'DeleteGroup'],
    ...['DeleteGroupPolicy', 'DeleteOpenIDConnectProvider', 'DeletePolicy', 'DeletePolicyVersion'],
    ...['DeleteRole', 'DeleteRolePermissionsBoundary', 'DeleteRolePolicy', 'DeleteUser'],
    ...['DeleteUserPermissionsBoundary', 'DeleteUserPolicy', 'DetachGroupPolicy'],
    ...['DetachRolePolicy', 'DetachUserPolicy', 'GetAccessKeyLastUsed', 'GetAccountSummary'],
    ...['GetGroup', 'GetGroupPolicy', 'GetOpenIDConnectProvider', 'GetPolicy', 'GetPolicyVersion'],
    ...['GetRole', 'GetRolePolicy', 'GetUser', 'GetUserPolicy', 'ListAccessKeys'],
    ...['ListAccountAliases', 'ListAttachedGroupPolicies', 'ListAttachedRolePolicies'],
    ...['ListAttachedUserPolicies', 'ListEntitiesForPolicy', 'ListGroupPolicies', 'ListGroups'],
    ...['ListGroupsForUser', 'ListInstanceProfilesForRole', 'ListOpenIDConnectProviders'],
    ...['ListPolicies', 'ListPolicyTags', 'ListPolicyVersions', 'ListRolePolicies', 'ListRoleTags'],
    ...['ListRoles', 'ListUserPolicies', 'ListUserTags', 'ListUsers', 'PutGroupPolicy'],
    ...['PutRolePermissionsBoundary', 'PutRolePolicy', 'PutUserPermissionsBoundary'],
    ...['PutUserPolicy', 'RemoveUserFromGroup', 'SetDefaultPolicyVersion', 'TagPolicy', 'TagRole'],
    ...['TagUser', 'UntagPolicy', 'UntagRole', 'UntagUser', 'UpdateAccessKey'],
    ...['UpdateAssumeRolePolicy', 'UpdateGroup', 'UpdateRole', 'UpdateRoleDescription'],
    ...['UpdateUser', 'UpdateOpenIDConnectProviderThumbprint'],
    ...['AddClientIDToOpenIDConnectProvider', 'RemoveClientIDFromOpenIDConnectProvider'],
    // Of what users could have elsewhere and have not here: asked before a user is deleted.
    ...['DeleteLoginProfile', 'GetLoginProfile', 'ListMFADevices', 'ListSSHPublicKeys'],
    ...['ListServiceSpecificCredentials', 'ListSigningCertificates', 'ListVirtualMFADevices'],
  ],
  sts: [
    ...['AssumeRole', 'AssumeRoleWithWebIdentity', 'GetCallerIdentity', 'GetFederationToken'],
    'GetSessionToken',
  ],
} as const;

const namespaces = {
  iam: { version: '2010-05-08', client: '@aws-sdk/client-iam' },
  sts: { version: '2011-06-15', client: '@aws-sdk/client-sts' },
} as const;

const modelFolder = join(import.meta.dirname, '..', 'src', 'model');
const quote = (text: string) => `'${text}'`;

const scalarTypes: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  boolean: 'boolean',
  'date-time': 'Date',
  blob: 'Uint8Array',
  map: 'Readonly<Record<string, number>>',
};

function scalarKind(schema: NormalizedSchema): string {
  if (schema.isStringSchema()) return 'string';
  if (schema.isBlobSchema()) return 'blob';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isNumericSchema()) return 'integer';
  if (schema.isTimestampSchema()) return 'date-time';
  throw new Error(`unknown schema ${JSON.stringify(schema.getSchema())}`);
}

/** Shapes of one service, each after those that it refers to. */
function createReader() {
  const shapes = new Map<string, readonly Member[]>();

  const structure = (schema: NormalizedSchema): string => {
    const name = schema.getName()!;
    if (shapes.has(name)) return name;
    const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
    const members = [...schema.structIterator()].map(([member, of], index) => ({
      name: member,
      ...kindOf(of),
      required: index < required,
    }));
    shapes.set(name, members);
    return name;
  };

  const kindOf = (schema: NormalizedSchema): Pick<Member, 'kind' | 'of'> => {
    if (schema.isStructSchema()) {
      return {
        kind: 'structure',
        of: structure(NormalizedSchema.of(schema.getSchema() as SchemaRef)),
      };
    }
    if (schema.isMapSchema()) return { kind: 'map' };
    if (!schema.isListSchema()) return { kind: scalarKind(schema) };
    const value = schema.getValueSchema();
    const of = value.isStructSchema()
      ? structure(NormalizedSchema.of(value.getSchema() as SchemaRef))
      : quote(scalarKind(value));
    return { kind: 'list', of };
  };

  return { shapes, structure };
}

function memberText({ name, kind, of, required }: Member): string {
  const fields = [`name: ${quote(name)}`, `kind: ${quote(kind)}`];
  if (of !== undefined) fields.push(`of: ${of}`);
  if (required) fields.push('required: true');
  return `  { ${fields.join(', ')} },`;
}

function typeOf({ kind, of = '' }: Member): string {
  const held = scalarTypes[of.replaceAll("'", '')] ?? of;
  if (kind === 'structure') return held;
  return kind === 'list' ? `readonly ${held}[]` : scalarTypes[kind]!;
}

const interfaceText = (name: string, members: readonly Member[]): string =>
  members.length === 0
    ? `export type ${name} = Readonly<Record<string, never>>;`
    : `export interface ${name} {\n${members
        .map((member) => {
          const type = typeOf(member);
          return member.required
            ? `  readonly ${member.name}: ${type};`
            : `  readonly ${member.name}?: ${type} | undefined;`;
        })
        .join('\n')}\n}`;

function write(service: 'iam' | 'sts', client: object): void {
  const exported = client as Readonly<Record<string, unknown>>;
  const schemas = Object.keys(exported)
    .filter((key) => key.endsWith('$'))
    .map((key) => exported[key])
    .filter((schema): schema is OperationSchema => Array.isArray(schema) && schema[0] === 9);
  const names: readonly string[] = built[service];
  const { shapes, structure } = createReader();
  const read = (ref: SchemaRef) => {
    const schema = NormalizedSchema.of(ref);
    return schema.isUnitSchema() ? undefined : structure(schema);
  };
  const operations = [...names].sort().map((name) => {
    const schema = schemas.find((one) => one[2] === name);
    if (schema === undefined) throw new Error(`${name} is no longer in the model of ${service}`);
    return { name, input: read(schema[4]()), output: read(schema[5]()) };
  });
  const others = schemas
    .map((schema) => schema[2])
    .filter((name) => !names.includes(name))
    .sort();
  const title = service.toUpperCase();
  writeFileSync(
    join(modelFolder, `${service}.gen.ts`),
    `/**
 * ${title}'s operations that Kist has: what each takes and gives, in AWS's shapes.
 *
 * Written by scripts/generate-query-model.ts from ${namespaces[service].client} (Apache-2.0). Do not edit.
 */

import type { QueryOperation } from './query-operation.ts';
import type { Shape } from './shape.ts';

${[...shapes]
  .map(([name, members]) =>
    members.length === 0
      ? `const ${name}Shape: Shape = { name: ${quote(name)}, members: [] };`
      : `const ${name}Shape: Shape = { name: ${quote(name)}, members: [\n${members
          .map((member) =>
            memberText(
              member.of === undefined || member.of.startsWith("'")
                ? member
                : { ...member, of: `${member.of}Shape` },
            ),
          )
          .join('\n')}\n] };`,
  )
  .join('\n\n')}

export const ${service}Version = '${namespaces[service].version}';

export const ${service}Operations = {
${operations
  .map(({ name, input, output }) => {
    const fields = [`name: ${quote(name)}`];
    if (input !== undefined) fields.push(`input: ${input}Shape`);
    if (output !== undefined) fields.push(`output: ${output}Shape`);
    return `  ${name}: { ${fields.join(', ')} },`;
  })
  .join('\n')}
} as const satisfies Readonly<Record<string, QueryOperation>>;

/** Known, so that they are refused by name. */
export const other${title === 'IAM' ? 'Iam' : 'Sts'}Operations: ReadonlySet<string> = new Set([
${others.map((name) => `  ${quote(name)},`).join('\n')}
]);

${[...shapes].map(([name, members]) => interfaceText(name, members)).join('\n\n')}

export interface ${title === 'IAM' ? 'Iam' : 'Sts'}Types {
${operations
  .map(
    ({ name, input, output }) =>
      `  ${name}: { input: ${input ?? 'Readonly<Record<string, never>>'}; output: ${output ?? 'undefined'} };`,
  )
  .join('\n')}
}
`,
  );
}

write('iam', iam);
write('sts', sts);
