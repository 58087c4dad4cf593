/**
 * Writes `src/model/*.gen.ts` from the schemas that `@aws-sdk/client-s3` exports.
 *
 * Every operation and shape of AWS's model is in there with its HTTP and XML bindings, as nested arrays
 * that `NormalizedSchema` reads. Which members are enumerations is only in the type declarations, so those
 * are read as text. Running this again changes nothing; a new SDK version shows as a diff.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as sdk from '@aws-sdk/client-s3';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Member, MemberKind, ScalarKind, Shape } from '../src/model/shape.ts';

type SchemaRef = Parameters<typeof NormalizedSchema.of>[0];
type OperationSchema = readonly [
  9,
  string,
  name: string,
  traits: { http: readonly [method: string, path: string, status: number] },
  input: () => SchemaRef,
  output: () => SchemaRef,
];

/** Not routable: the request is the same as another operation's, or goes to a host of its own. */
const dropped: Readonly<Record<string, string>> = {
  ListDirectoryBuckets: 'directory buckets; the request is that of ListBuckets',
  WriteGetObjectResponse: 'S3 Object Lambda; goes to a host named after the request route',
};

/** Routable, so that they are refused by name, but no shapes are written. */
const refused: Readonly<Record<string, string>> = {
  CreateSession: 'directory buckets',
  CreateBucketMetadataConfiguration: 'S3 Metadata, which writes to table buckets',
  CreateBucketMetadataTableConfiguration: 'S3 Metadata, which writes to table buckets',
  DeleteBucketMetadataConfiguration: 'S3 Metadata, which writes to table buckets',
  DeleteBucketMetadataTableConfiguration: 'S3 Metadata, which writes to table buckets',
  GetBucketMetadataConfiguration: 'S3 Metadata, which writes to table buckets',
  GetBucketMetadataTableConfiguration: 'S3 Metadata, which writes to table buckets',
  UpdateBucketMetadataAnnotationTableConfiguration: 'S3 Metadata, which writes to table buckets',
  UpdateBucketMetadataInventoryTableConfiguration: 'S3 Metadata, which writes to table buckets',
  UpdateBucketMetadataJournalTableConfiguration: 'S3 Metadata, which writes to table buckets',
};

/** The SDK's schemas don't tell 64-bit numbers from 32-bit ones. */
const longMembers = new Set([
  'BytesProcessed',
  'BytesReturned',
  'BytesScanned',
  'ContentLength',
  'End',
  'IfMatchSize',
  'MpuObjectSize',
  'ObjectSize',
  'ObjectSizeGreaterThan',
  'ObjectSizeLessThan',
  'Size',
  'Start',
  'WriteOffsetBytes',
]);

/**
 * Values outside these lists are legal: any region is accepted, S3 ignores the case of filter rule names,
 * and event names have wildcards that the list lacks.
 */
const openEnums = new Set(['BucketLocationConstraint', 'FilterRuleName', 'Event']);

/** Names that TypeScript's own globals have; the SDK spells them the same way. */
const typeNames: Readonly<Record<string, string>> = { Object: '_Object', Error: '_Error' };

const modelFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'model');
const sdkRequire = createRequire(import.meta.url);
const sdkFolder = join(dirname(sdkRequire.resolve('@aws-sdk/client-s3/package.json')));
const banner = (text: string) =>
  `/**\n * ${text}\n *\n * Written by scripts/generate-model.ts from @aws-sdk/client-s3 (Apache-2.0). Do not edit.\n */\n`;

// ---------------------------------------------------------------------------------------------- enumerations

/** Values that the API reference has and the SDK's declarations lack. */
const documentedValues: Readonly<Record<string, readonly string[]>> = {
  BucketCannedACL: ['log-delivery-write'],
};

function readEnums(): Map<string, readonly string[]> {
  const source = readFileSync(join(sdkFolder, 'dist-types/models/enums.d.ts'), 'utf8');
  const enums = new Map<string, readonly string[]>();
  for (const [, name, body] of source.matchAll(/export declare const (\w+): \{([^}]*)\}/g)) {
    const values = [...(body ?? '').matchAll(/readonly [^:]+: "([^"]*)"/g)].map(
      (match) => match[1]!,
    );
    enums.set(name!, [...values, ...(documentedValues[name!] ?? [])].sort());
  }
  return enums;
}

/** `Shape.Member` → the enumeration its declaration names. */
function readEnumMembers(enums: ReadonlyMap<string, unknown>): Map<string, string> {
  const members = new Map<string, string>();
  for (const file of ['models_0.d.ts', 'models_1.d.ts']) {
    const source = readFileSync(join(sdkFolder, 'dist-types/models', file), 'utf8').replace(
      /\/\*[\s\S]*?\*\//g,
      '',
    );
    for (const [, shape, body] of source.matchAll(/export interface (\w+) \{([^}]*)\}/g)) {
      for (const [, member, type] of (body ?? '').matchAll(/(\w+)\??: (\w+)/g)) {
        if (enums.has(type!)) members.set(`${shape}.${member}`, type!);
      }
    }
  }
  return members;
}

// ---------------------------------------------------------------------------------------------------- shapes

const enums = readEnums();
const enumMembers = readEnumMembers(enums);
const shapes = new Map<string, Shape>();
const usedEnums = new Set<string>();

/** Query parameters carry timestamps in ISO 8601, headers as HTTP dates, unless the member says otherwise. */
function scalarKind(schema: NormalizedSchema, name: string): MemberKind {
  if (schema.isStringSchema()) return 'string';
  if (schema.isBooleanSchema()) return 'boolean';
  if (schema.isNumericSchema()) return longMembers.has(name) ? 'long' : 'integer';
  if (schema.isBlobSchema()) return schema.isStreaming() ? 'stream' : 'blob';
  if (schema.isTimestampSchema()) {
    const format = schema.getSchema();
    if (format === 7) throw new Error(`${name}: epoch timestamps don't occur in S3`);
    return format === 6 || (format === 4 && schema.getMergedTraits().httpHeader !== undefined)
      ? 'http-date'
      : 'date-time';
  }
  throw new Error(`${name}: unknown schema ${JSON.stringify(schema.getSchema())}`);
}

function place(schema: NormalizedSchema): Pick<Member, 'in' | 'wire'> {
  const traits = schema.getMergedTraits();
  if (traits.httpLabel) return { in: 'label' };
  if (traits.httpHeader) return { in: 'header', wire: traits.httpHeader };
  if (traits.httpQuery) return { in: 'query', wire: traits.httpQuery };
  if (traits.httpPrefixHeaders) return { in: 'headers', wire: traits.httpPrefixHeaders };
  const name = traits.xmlName === undefined ? {} : { wire: traits.xmlName };
  if (traits.httpPayload || traits.eventPayload) return { in: 'payload', ...name };
  if (traits.xmlAttribute) return { in: 'attribute', ...name };
  return name;
}

function structure(schema: NormalizedSchema): Shape {
  return addShape(schema.getName()!, NormalizedSchema.of(schema.getSchema() as SchemaRef));
}

function kindOf(
  schema: NormalizedSchema,
  name: string,
): Pick<Member, 'kind' | 'of' | 'flattened' | 'item'> {
  if (schema.isStructSchema()) {
    return { kind: schema.isStreaming() ? 'events' : 'structure', of: structure(schema) };
  }
  if (schema.isMapSchema()) return { kind: 'map' };
  if (!schema.isListSchema()) return { kind: scalarKind(schema, name) };
  const value = schema.getValueSchema();
  const itemName = value.getMergedTraits().xmlName;
  return {
    kind: 'list',
    of: value.isStructSchema() ? structure(value) : (scalarKind(value, name) as ScalarKind),
    ...(schema.getMergedTraits().xmlFlattened
      ? { flattened: true }
      : itemName === undefined
        ? {}
        : { item: itemName }),
  };
}

/** A shape comes after all that it refers to, since constants can't name later ones. */
function addShape(name: string, schema: NormalizedSchema): Shape {
  const known = shapes.get(name);
  if (known !== undefined) return known;
  const members: Member[] = [];
  const root = schema.getMergedTraits().xmlName;
  const shape: Shape = {
    name,
    ...(root === undefined ? {} : { root }),
    ...(schema.isUnionSchema() ? { union: true } : {}),
    members,
  };
  const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
  let index = 0;
  for (const [memberName, member] of schema.structIterator()) {
    const row = memberRow(name, memberName, member, index < required);
    index += 1;
    if (row !== undefined) members.push(row);
  }
  shapes.set(name, shape);
  return shape;
}

function memberRow(
  shape: string,
  name: string,
  schema: NormalizedSchema,
  required: boolean,
): Member | undefined {
  // S3 gives Expires back exactly as it came, date or not: the raw string is the only honest type.
  if (name === 'Expires' && schema.getMergedTraits().httpHeader === 'Expires') {
    return { name: 'ExpiresString', kind: 'string', in: 'header', wire: 'Expires' };
  }
  if (name === 'ExpiresString') return undefined;
  if (name === 'ResponseExpires') return { name, kind: 'string', ...place(schema) };

  const enumName = enumMembers.get(`${typeNames[shape] ?? shape}.${name}`);
  if (enumName !== undefined) usedEnums.add(enumName);
  return {
    name,
    ...kindOf(schema, name),
    ...place(schema),
    ...(enumName === undefined ? {} : { enum: enumName }),
    ...(required ? { required: true } : {}),
    ...(schema.getMergedTraits().sensitive ? { secret: true } : {}),
  };
}

// ------------------------------------------------------------------------------------------------ operations

interface Operation {
  readonly name: string;
  readonly row: string;
  readonly input: string;
  readonly output: string;
}

function operationSchemas(): OperationSchema[] {
  const exported: Readonly<Record<string, unknown>> =
    'GetObject$' in sdk ? sdk : (sdk as unknown as { default: Record<string, unknown> }).default;
  return Object.keys(exported)
    .filter((key) => key.endsWith('$'))
    .map((key) => exported[key])
    .filter((schema): schema is OperationSchema => Array.isArray(schema) && schema[0] === 9)
    .sort((a, b) => compare(a[2], b[2]));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const quoteAll = (texts: readonly string[]) => `[${texts.map(quote).join(', ')}]`;

function readOperation(schema: OperationSchema, withShapes: boolean): Operation {
  const [, , name, { http }, inputRef, outputRef] = schema;
  const [method, path, status] = http;
  const input = NormalizedSchema.of(inputRef());
  const output = NormalizedSchema.of(outputRef());
  const [pathOnly, rawQuery = ''] = path.split('?');
  const query = rawQuery.split('&').filter((part) => part !== '' && !part.startsWith('x-id='));
  const requiredCount = Number((input.getSchema() as readonly unknown[])[6] ?? 0);
  const members = [...input.structIterator()];
  const required = members.slice(0, requiredCount).map(([, member]) => member.getMergedTraits());
  const hasBucket = members.some(([member]) => member === 'Bucket');
  const level = pathOnly!.includes('{Key+}') ? 'object' : hasBucket ? 'bucket' : 'service';
  const outputName = output.isUnitSchema() ? undefined : output.getName()!;
  if (withShapes) {
    addShape(input.getName()!, input);
    if (outputName !== undefined) addShape(outputName, output);
  }
  const fields = [
    `name: ${quote(name)}`,
    `method: ${quote(method)}`,
    `level: ${quote(level)}`,
    `status: ${status}`,
    `query: ${quoteAll(query)}`,
    `requiredQuery: ${quoteAll(required.flatMap(({ httpQuery }) => httpQuery ?? []))}`,
    `requiredHeaders: ${quoteAll(required.flatMap(({ httpHeader }) => httpHeader ?? []))}`,
    ...(withShapes ? [`input: shapes.${typeName(input.getName()!)}`] : []),
    ...(withShapes && outputName !== undefined ? [`output: shapes.${typeName(outputName)}`] : []),
  ];
  return {
    name,
    row: `export const ${name} = { ${fields.join(', ')} } as const satisfies OperationRow;`,
    input: typeName(input.getName()!),
    output: outputName === undefined ? 'Unit' : typeName(outputName),
  };
}

// --------------------------------------------------------------------------------------------------- writing

const typeName = (shape: string) => typeNames[shape] ?? shape;

function valueText(value: string | boolean | Shape): string {
  if (typeof value === 'object') return typeName(value.name);
  return typeof value === 'string' ? quote(value) : String(value);
}

function memberText(member: Member): string {
  const fields = Object.entries(member).map(([key, value]) => `${key}: ${valueText(value)}`);
  return `    { ${fields.join(', ')} },`;
}

function shapeText({ name, root, union, members }: Shape): string {
  const head = [
    `export const ${typeName(name)}: Shape = { name: ${quote(name)}`,
    ...(root === undefined ? [] : [`root: ${quote(root)}`]),
    ...(union ? ['union: true'] : []),
    'members: [',
  ].join(', ');
  return members.length === 0
    ? `${head}] };`
    : `${head}\n${members.map(memberText).join('\n')}\n  ] };`;
}

const scalarTypes: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  long: 'number',
  boolean: 'boolean',
  'date-time': 'Date',
  'http-date': 'Date',
  blob: 'Bytes',
  stream: 'StreamingBody | Bytes',
  map: 'Readonly<Record<string, string>>',
};

function memberType({ kind, of = 'string', enum: enumName }: Member): string {
  const held = typeof of === 'string' ? scalarTypes[of]! : typeName(of.name);
  if (kind === 'events') return `AsyncIterable<${held}>`;
  if (kind === 'structure') return held;
  if (kind === 'list') return `readonly ${enumName ?? held}[]`;
  return enumName ?? scalarTypes[kind]!;
}

function interfaceText({ name, union, members }: Shape): string {
  const doc = union ? '/** Exactly one member is set. */\n' : '';
  const lines = members.map((member) => {
    const optional = member.required ? '' : '?';
    return `  readonly ${member.name}${optional}: ${memberType(member)}${member.required ? '' : ' | undefined'};`;
  });
  const body = lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n}`;
  return `${doc}export interface ${typeName(name)} ${body}\n`;
}

function write(file: string, text: string): void {
  writeFileSync(join(modelFolder, file), text);
}

const schemas = operationSchemas();
for (const name of [...Object.keys(dropped), ...Object.keys(refused)]) {
  if (!schemas.some((schema) => schema[2] === name))
    throw new Error(`${name} is no longer in the model`);
}
const kept = schemas.filter(([, , name]) => !(name in dropped) && !(name in refused));
const operations = kept.map((schema) => readOperation(schema, true));
const refusals = schemas
  .filter(([, , name]) => name in refused)
  .map((schema) => readOperation(schema, false));
const sortedShapes = [...shapes.values()].sort((a, b) => compare(a.name, b.name));
const sortedEnums = [...usedEnums].sort(compare);

write(
  'operations.gen.ts',
  `${banner("S3's operations and the requests that mean them.")}
import type { OperationRow } from './operation.ts';
import * as shapes from './shapes.gen.ts';

${operations.map(({ row }) => row).join('\n')}

export const operations = {
${operations.map(({ name }) => `  ${name},`).join('\n')}
} as const satisfies Readonly<Record<string, OperationRow>>;

export type OperationName = keyof typeof operations;

/** Outside what Kist is for (directory buckets, table buckets); known so that they are refused by name. */
export const refusedOperations = {
${refusals.map(({ row }) => row.replace(/^export const (\w+) = (.*) as const .*$/, '  $1: $2,')).join('\n')}
} as const satisfies Readonly<Record<string, OperationRow>>;

export type RefusedOperationName = keyof typeof refusedOperations;
`,
);

write(
  'shapes.gen.ts',
  `${banner('Where each member of every input, output and nested shape travels; see shape.ts.')}
import type { Shape } from './shape.ts';

${[...shapes.values()].map(shapeText).join('\n\n')}

export const shapes: Readonly<Record<string, Shape>> = {
${sortedShapes.map(({ name }) => (typeName(name) === name ? `  ${name},` : `  ${name}: ${typeName(name)},`)).join('\n')}
};
`,
);

write(
  'enums.gen.ts',
  `${banner('The values that enumerated strings may have.')}
export const enums = {
${sortedEnums.map((name) => `  ${name}: ${quoteAll(enums.get(name)!)},`).join('\n')}
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EnumName = keyof typeof enums;

/** Enumerations that may also hold values outside their list. */
export const openEnums: ReadonlySet<string> = new Set(${quoteAll([...openEnums].filter((name) => usedEnums.has(name)).sort(compare))});
`,
);

write(
  'types.gen.ts',
  `${banner("S3's inputs, outputs and nested shapes as TypeScript types, under S3's names.")}
import type { enums } from './enums.gen.ts';
import type { Bytes, StreamingBody } from './streaming-body.ts';

type Enum<Name extends keyof typeof enums> = (typeof enums)[Name][number];

/** The answer of an operation that has nothing to say but its status. */
export type Unit = Readonly<Record<string, never>>;

${sortedEnums
  .map(
    (name) =>
      `export type ${name} = Enum<'${name}'>${openEnums.has(name) ? ' | (string & {})' : ''};`,
  )
  .join('\n')}

${sortedShapes.map(interfaceText).join('\n')}
export interface OperationTypes {
${operations.map(({ name, input, output }) => `  ${name}: { input: ${input}; output: ${output} };`).join('\n')}
}
`,
);
