/** How a row of the operation tables reads: what a request must look like to mean this operation. */

/** What host and path must name; `any`: nothing in particular. */
export type OperationLevel = 'service' | 'bucket' | 'object' | 'any';

export interface OperationRow {
  readonly method: string;
  readonly level: OperationLevel;
  /** Of a successful answer. */
  readonly status: number;
  /** Literal subresources, `acl`, or parameters with their value, `list-type=2`; all must be present. */
  readonly query: readonly string[];
  /** Query parameters that carry a value of the caller's and must be present. */
  readonly requiredQuery: readonly string[];
  readonly requiredHeaders: readonly string[];
  /** Rows of `shapes.gen.ts`; absent where the shape has no members or no shape is modelled. */
  readonly input?: string;
  readonly output?: string;
}
