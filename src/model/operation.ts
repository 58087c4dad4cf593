/** How a row of the operation tables reads: what a request must look like to mean this operation. */

import type { Shape } from './shape.ts';

/** What host and path must name; `any`: nothing in particular. */
export type OperationLevel = 'service' | 'bucket' | 'object' | 'any';

export interface OperationRow {
  /** S3's. */
  readonly name: string;
  readonly method: string;
  readonly level: OperationLevel;
  /** Of a successful answer. */
  readonly status: number;
  /** Literal subresources, `acl`, or parameters with their value, `list-type=2`; all must be present. */
  readonly query: readonly string[];
  /** Query parameters that carry a value of the caller's and must be present. */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** Absent where the shape has no members or no shape is modelled. */
  readonly input?: Shape;
  readonly output?: Shape;
}
