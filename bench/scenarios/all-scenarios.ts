/** The scenarios in the order they run. */
import { completeUpload } from './complete.ts';
import { copyLarge } from './copy.ts';
import { getSmall } from './get-small.ts';
import { getLarge, putLarge } from './large-objects.ts';
import { list } from './list.ts';
import { listSizes } from './list-sizes.ts';
import { memory } from './memory.ts';
import { putSmall } from './put-small.ts';
import { scaling } from './scaling.ts';
import type { Scenario } from './scenario.ts';
import { slowClients } from './slow-clients.ts';
import { startUp } from './start-up.ts';

export const scenarios: readonly Scenario[] = [
  getSmall({ name: 'get-4k', signed: false }),
  getSmall({ name: 'get-4k-signed', signed: true }),
  putSmall,
  getLarge,
  putLarge,
  slowClients,
  scaling,
  list,
  ...listSizes,
  completeUpload,
  copyLarge,
  startUp,
  memory,
];
