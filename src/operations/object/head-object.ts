/** HeadObject: what GetObject would answer, without the bytes. */
import { defineOperation } from '../operation.ts';
import { readAccess, readMembers, representation } from './representation.ts';

export const HeadObject = defineOperation({
  name: 'HeadObject',
  access: readAccess,
  accepts: readMembers,
  run: async (input, context) => (await representation(input, context)).headers,
});
