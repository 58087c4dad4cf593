/**
 * The two services that are asked over AWS's Query protocol, as their models have them: which of their operations
 * Kist has, and how their documents name themselves.
 */
import { iamOperations, iamVersion, otherIamOperations } from '../../model/iam.gen.ts';
import type { QueryOperation } from '../../model/query-operation.ts';
import { otherStsOperations, stsOperations, stsVersion } from '../../model/sts.gen.ts';
import { QueryError } from './errors.ts';

export type ServiceName = 'iam' | 'sts';

export interface QueryService {
  readonly name: ServiceName;
  readonly version: string;
  /** Of documents. */
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
  /** Known, and not built. */
  readonly others: ReadonlySet<string>;
}

export const queryServices: Readonly<Record<ServiceName, QueryService>> = {
  iam: {
    name: 'iam',
    version: iamVersion,
    namespace: `https://iam.amazonaws.com/doc/${iamVersion}/`,
    operations: iamOperations,
    others: otherIamOperations,
  },
  sts: {
    name: 'sts',
    version: stsVersion,
    namespace: `https://sts.amazonaws.com/doc/${stsVersion}/`,
    operations: stsOperations,
    others: otherStsOperations,
  },
};

export interface NamedOperation {
  readonly service: QueryService;
  readonly operation: QueryOperation;
}

/**
 * What `Action` and `Version` name.
 * @throws QueryError MissingAction, InvalidAction, NotImplemented for what AWS has and Kist has not
 */
export function findOperation(action: string | undefined, version: string | undefined) {
  if (action === undefined || action === '') {
    throw new QueryError('MissingAction', 'The request names no Action.');
  }
  const services = Object.values(queryServices);
  const service = services.find((one) => one.version === version);
  if (service === undefined) {
    throw new QueryError(
      'InvalidAction',
      version === undefined
        ? `The request for ${action} names no Version.`
        : `Could not find operation ${action} for version ${version}`,
    );
  }
  const { operations, others } = service;
  if (Object.hasOwn(operations, action)) {
    return { service, operation: operations[action]! } satisfies NamedOperation;
  }
  if (others.has(action)) {
    throw new QueryError('NotImplemented', `${action} is not implemented`);
  }
  throw new QueryError(
    'InvalidAction',
    `Could not find operation ${action} for version ${version}`,
  );
}
