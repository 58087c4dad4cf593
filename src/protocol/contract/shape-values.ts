/** Arbitrary values of the model's shapes, for round-trip tests. */
import fc from 'fast-check';
import { openEnums } from '../../model/enums.gen.ts';
import type { Member, MemberKind, Shape } from '../../model/shape.ts';
import { itemOf, structureOf } from '../bindings.ts';
import { enumValues } from '../values.ts';

/** What an XML document can hold. */
const xmlText = fc
  .string({ unit: 'binary', maxLength: 12 })
  .filter((text) => !/[\0\ufdd0-\ufdef\ufffe\uffff]/.test(text));
/** What a header can hold and a parser doesn't trim. */
const headerText = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `h${text}.`);

const maxSeconds = 253_402_300_799;

function scalar(member: Member, kind: MemberKind): fc.Arbitrary<unknown> {
  if (member.enum !== undefined) {
    const listed = fc.constantFrom(...enumValues(member.enum));
    return openEnums.has(member.enum) ? fc.oneof(listed, fc.stringMatching(/^\S{1,12}$/)) : listed;
  }
  switch (kind) {
    case 'string':
      return member.in === undefined ? xmlText : headerText;
    case 'integer':
      // Inside every bound that a parameter may have.
      return fc.integer({ min: 1, max: 10_000 });
    case 'long':
      return fc.maxSafeNat();
    case 'boolean':
      return fc.boolean();
    case 'date-time':
      return fc.integer({ min: 0, max: maxSeconds * 1000 }).map((time) => new Date(time));
    case 'http-date':
      return fc.integer({ min: 0, max: maxSeconds }).map((time) => new Date(time * 1000));
    default:
      return fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
  }
}

function memberValue(member: Member): fc.Arbitrary<unknown> {
  const { kind } = member;
  if (kind === 'structure') return shapeValue(structureOf(member));
  if (kind === 'map') {
    const name = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
    const value = headerText.filter((text) => !text.includes('=?'));
    return fc.dictionary(name, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
  }
  if (kind !== 'list') return scalar(member, kind);
  // An empty list that has no element around it can't be told from none.
  const bounds = { minLength: member.flattened || member.in === 'header' ? 1 : 0, maxLength: 3 };
  const item = itemOf(member);
  return fc.array(typeof item === 'string' ? scalar(member, item) : shapeValue(item), bounds);
}

/**
 * @param leftOut members that the test supplies itself
 * @param present members that are always there
 */
export function shapeValue(
  { members, union }: Shape,
  leftOut: (member: Member) => boolean = () => false,
  present: (member: Member) => boolean = ({ required }) => required === true,
): fc.Arbitrary<Record<string, unknown>> {
  const kept = members.filter((member) => member.kind !== 'events' && !leftOut(member));
  const record = (list: readonly Member[], requiredKeys: string[]) =>
    fc.record(Object.fromEntries(list.map((member) => [member.name, memberValue(member)])), {
      requiredKeys,
      noNullPrototype: true,
    });
  if (union) return fc.oneof(...kept.map((member) => record([member], [member.name])));
  return record(
    kept,
    kept.filter(present).map((member) => member.name),
  );
}
