/** HeadObject: what GetObject would answer, without the bytes. */
import { defineOperation } from '../operation.ts';
import { readMembers, representation } from './representation.ts';

export const HeadObject = defineOperation({
  name: 'HeadObject',
  access: { on: 'object', action: 's3:GetObject', permission: 'READ' },
  accepts: readMembers,
  run: async (input, context) => (await representation(input, context)).headers,
});
