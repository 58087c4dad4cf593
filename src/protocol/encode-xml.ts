/**
 * Values → XML documents, by the shape tables.
 *
 * Each shape becomes a plan once: its members in order, their tags spelled out. Scalars come before lists, so
 * that a reader that streams knows the encoding type and the prefix before the first key.
 */
import type { Member, MemberKind, ScalarKind, Shape } from '../model/shape.ts';
import { bindingsOf, itemOf, structureOf, wireName } from './bindings.ts';
import { formatScalar } from './format-scalar.ts';
import { encodeUrl } from './url-encoding.ts';
import { escapeText, s3Namespace, schemaInstanceNamespace, xmlDeclaration } from './xml/build.ts';

type Value = Readonly<Record<string, unknown>>;

/** How one element comes to be. */
interface Step {
  /** The member that holds the value; unused for items of a list. */
  readonly name: string;
  readonly form: 'text' | 'url' | 'scalar' | 'structure' | 'list' | 'flattened';
  /** Of a scalar. */
  readonly kind: MemberKind;
  /** With its `>`, unless attributes come before. */
  readonly open: string;
  readonly close: string;
  /** What stands for a value that is absent. */
  readonly absent: string;
  /** Of a structure. */
  readonly plan: Plan | undefined;
  /** Of a list. */
  readonly item: Step | undefined;
}

interface Plan {
  readonly attributes: readonly Member[];
  readonly steps: readonly Step[];
  /** Those of lists that may be written as one, with what follows them. */
  readonly mixed: readonly Step[];
  readonly last: readonly Step[];
}

/**
 * An output may have, under this name, the items of all its mixed lists in the order in which they are written;
 * without it, one list follows the other.
 */
export const itemOrder = Symbol('the order of items of several lists');

/** Lists whose elements S3 mixes; some clients (minio-go) take the order of the elements for that of the versions. */
const mixedLists: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['ListObjectVersionsOutput', new Set(['Versions', 'DeleteMarkers'])],
]);
const none: ReadonlySet<string> = new Set();

/** What `encoding-type=url` encodes: API reference, `EncodingType` of each listing. */
export const urlEncodedMembers: ReadonlySet<string> = new Set([
  'CommonPrefix.Prefix',
  'DeleteMarkerEntry.Key',
  'ListMultipartUploadsOutput.Delimiter',
  'ListMultipartUploadsOutput.KeyMarker',
  'ListMultipartUploadsOutput.NextKeyMarker',
  'ListMultipartUploadsOutput.Prefix',
  'ListObjectVersionsOutput.Delimiter',
  'ListObjectVersionsOutput.KeyMarker',
  'ListObjectVersionsOutput.NextKeyMarker',
  'ListObjectVersionsOutput.Prefix',
  'ListObjectsOutput.Delimiter',
  'ListObjectsOutput.Marker',
  'ListObjectsOutput.NextMarker',
  'ListObjectsOutput.Prefix',
  'ListObjectsV2Output.Delimiter',
  'ListObjectsV2Output.Prefix',
  'ListObjectsV2Output.StartAfter',
  'MultipartUpload.Key',
  'Object.Key',
  'ObjectVersion.Key',
]);

/** Elements that S3 writes even if there is nothing to say; clients look for them. */
const alwaysWritten: ReadonlySet<string> = new Set([
  'ListMultipartUploadsOutput.KeyMarker',
  'ListMultipartUploadsOutput.Prefix',
  'ListMultipartUploadsOutput.UploadIdMarker',
  'ListObjectVersionsOutput.KeyMarker',
  'ListObjectVersionsOutput.Prefix',
  'ListObjectVersionsOutput.VersionIdMarker',
  'ListObjectsOutput.Marker',
  'ListObjectsOutput.Prefix',
  'ListObjectsV2Output.Prefix',
]);

function scalarForm(kind: MemberKind, urlEncoded: boolean): Step['form'] {
  if (kind !== 'string') return 'scalar';
  return urlEncoded ? 'url' : 'text';
}

function elementStep(
  name: string,
  tag: string,
  held: Shape | ScalarKind,
  urlEncoded: boolean,
  urlEncoding: boolean,
): Step {
  const plan = typeof held === 'string' ? undefined : planOf(held, urlEncoding);
  const kind = typeof held === 'string' ? held : 'structure';
  const hasAttributes = plan !== undefined && plan.attributes.length > 0;
  return {
    name,
    form: plan === undefined ? scalarForm(kind, urlEncoded) : 'structure',
    kind,
    open: hasAttributes ? `<${tag}` : `<${tag}>`,
    close: `</${tag}>`,
    absent: '',
    plan,
    item: undefined,
  };
}

function memberStep(shapeName: string, member: Member, urlEncoding: boolean): Step {
  const { name, kind, flattened, item = 'member' } = member;
  const tag = wireName(member);
  const path = `${shapeName}.${name}`;
  const urlEncoded = urlEncoding && urlEncodedMembers.has(path);
  if (kind !== 'list') {
    const held = kind === 'structure' ? structureOf(member) : (kind as ScalarKind);
    const absent = alwaysWritten.has(path) ? `<${tag}></${tag}>` : '';
    return { ...elementStep(name, tag, held, urlEncoded, urlEncoding), absent };
  }
  return {
    name,
    form: flattened ? 'flattened' : 'list',
    kind,
    open: flattened ? '' : `<${tag}>`,
    close: flattened ? '' : `</${tag}>`,
    absent: '',
    plan: undefined,
    item: elementStep(name, flattened ? tag : item, itemOf(member), urlEncoded, urlEncoding),
  };
}

const plainPlans = new Map<Shape, Plan>();
const urlEncodingPlans = new Map<Shape, Plan>();

function planOf(shape: Shape, urlEncoding: boolean): Plan {
  const plans = urlEncoding ? urlEncodingPlans : plainPlans;
  const known = plans.get(shape);
  if (known !== undefined) return known;
  const { attributes, elements } = bindingsOf(shape);
  const mixed = mixedLists.get(shape.name) ?? none;
  const step = (member: Member) => memberStep(shape.name, member, urlEncoding);
  const lists = elements.filter(({ kind, name }) => kind === 'list' && !mixed.has(name)).map(step);
  const others = elements.filter(({ kind }) => kind !== 'list').map(step);
  const plan = {
    attributes,
    steps: mixed.size === 0 ? [...others, ...lists] : others,
    mixed: elements.filter(({ name }) => mixed.has(name)).map(step),
    last: mixed.size === 0 ? [] : lists,
  };
  plans.set(shape, plan);
  return plan;
}

function writeAttributes(attributes: readonly Member[], value: Value): string {
  let text = '';
  for (const member of attributes) {
    const held = value[member.name];
    if (held === undefined) continue;
    const wire = wireName(member);
    if (wire.startsWith('xsi:')) text += ` xmlns:xsi="${schemaInstanceNamespace}"`;
    text += ` ${wire}="${escapeText(formatScalar(member.kind, held))}"`;
  }
  return text;
}

function writeSteps(steps: readonly Step[], value: Value): string {
  let text = '';
  for (const step of steps) {
    const held = value[step.name];
    text += held === undefined ? step.absent : step.open + writeHeld(step, held) + step.close;
  }
  return text;
}

function writeHeld(step: Step, held: unknown): string {
  switch (step.form) {
    case 'text':
      return escapeText(held as string);
    case 'url':
      return escapeText(encodeUrl(held as string));
    case 'scalar':
      return formatScalar(step.kind, held);
    case 'structure': {
      const { attributes, steps } = step.plan!;
      const content = writeSteps(steps, held as Value);
      return attributes.length === 0
        ? content
        : `${writeAttributes(attributes, held as Value)}>${content}`;
    }
    default: {
      const item = step.item!;
      let text = '';
      for (const one of held as readonly unknown[]) {
        text += item.open + writeHeld(item, one) + item.close;
      }
      return text;
    }
  }
}

function writeMixed(steps: readonly Step[], value: Value): string {
  const order = (value as { readonly [itemOrder]?: readonly unknown[] })[itemOrder];
  if (order === undefined) return writeSteps(steps, value);
  const itemSteps = new Map<unknown, Step>();
  for (const { name, item } of steps) {
    for (const one of (value[name] as readonly unknown[] | undefined) ?? []) {
      itemSteps.set(one, item!);
    }
  }
  let text = '';
  for (const one of order) {
    const item = itemSteps.get(one)!;
    text += item.open + writeHeld(item, one) + item.close;
  }
  return text;
}

/** A whole document. `EncodingType` of the value itself says whether keys are percent-encoded. */
export function encodeDocument(shape: Shape, rootName: string, value: Value): string {
  const { attributes, steps, mixed, last } = planOf(shape, value.EncodingType === 'url');
  const root = `<${rootName} xmlns="${s3Namespace}"${writeAttributes(attributes, value)}>`;
  const content = writeSteps(steps, value);
  const lists = mixed.length === 0 ? '' : writeMixed(mixed, value) + writeSteps(last, value);
  return `${xmlDeclaration}${root}${content}${lists}</${rootName}>`;
}

/** A document without a namespace, as in events. */
export function encodePlainDocument(shape: Shape, rootName: string, value: Value): string {
  const { steps } = planOf(shape, false);
  return `${xmlDeclaration}<${rootName}>${writeSteps(steps, value)}</${rootName}>`;
}

/** A document that is one element with text. */
export function encodeTextDocument(rootName: string, text: string): string {
  return `${xmlDeclaration}<${rootName} xmlns="${s3Namespace}">${escapeText(text)}</${rootName}>`;
}
