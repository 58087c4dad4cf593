import { describeBlobStore } from '../contract/blob.ts';
import { createMemoryBlobStore } from './memory.ts';

describeBlobStore('memory', {
  open: async () => createMemoryBlobStore(),
  persistent: false,
});
