import { describeMetaStore } from '../contract/meta.ts';
import { createMemoryMetaStore } from './memory.ts';

describeMetaStore('memory', {
  open: async (_place, options) => createMemoryMetaStore(options),
  persistent: false,
});
