/** How a row of IAM's and STS's operations reads: AWS's Query protocol has nothing but a name and two shapes. */
import type { Shape } from './shape.ts';

export interface QueryOperation {
  /** AWS's. */
  readonly name: string;
  /** Absent where nothing is taken. */
  readonly input?: Shape;
  /** Absent where nothing is given but a request id. */
  readonly output?: Shape;
}
