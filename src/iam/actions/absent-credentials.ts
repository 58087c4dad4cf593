/**
 * Credentials that users could have with AWS and have not here: passwords, MFA devices, SSH keys, certificates and those of
 * single services. There are none of them, and whoever deletes a user asks for them first (Terraform with
 * `force_destroy`, consoles, scripts). Making one is refused by name.
 */
import { rootArn } from '../../identity/names.ts';
import type { IamAction, Situation } from '../action.ts';
import { numberOf, onUserOrCaller, userOrCaller } from '../entities.ts';
import { emptyPage, type PageEnd, type PageInput } from '../pages.ts';
import { invalid, QueryError } from '../query/errors.ts';

interface OwnerInput {
  readonly UserName?: string | undefined;
}

const onOwner = ({ UserName }: OwnerInput, situation: Situation) =>
  onUserOrCaller(UserName, situation);

/** Of a user that is there. */
function noneOf(input: OwnerInput & PageInput, situation: Situation): PageEnd {
  userOrCaller(input.UserName, situation);
  return emptyPage(input);
}

function noLoginProfile({ UserName }: OwnerInput, situation: Situation): never {
  const user = userOrCaller(UserName, situation);
  const name = user?.name ?? situation.account.displayName;
  throw new QueryError('NoSuchEntity', `Login Profile for User ${name} cannot be found.`);
}

export const getLoginProfile: IamAction<'GetLoginProfile'> = { on: onOwner, read: noLoginProfile };

export const deleteLoginProfile: IamAction<'DeleteLoginProfile'> = {
  on: onOwner,
  write: noLoginProfile,
};

export const listMfaDevices: IamAction<'ListMFADevices'> = {
  on: onOwner,
  read(input, situation) {
    return { MFADevices: [], ...noneOf(input, situation) };
  },
};

const assignmentStatuses: readonly string[] = ['Assigned', 'Unassigned', 'Any'];

export const listVirtualMfaDevices: IamAction<'ListVirtualMFADevices'> = {
  on: (_, situation) => ({ arn: rootArn(numberOf(situation)) }),
  read(input) {
    const { AssignmentStatus: status } = input;
    if (status !== undefined && !assignmentStatuses.includes(status)) {
      throw invalid(`The AssignmentStatus must be one of ${assignmentStatuses.join(', ')}.`);
    }
    return { VirtualMFADevices: [], ...emptyPage(input) };
  },
};

export const listSshPublicKeys: IamAction<'ListSSHPublicKeys'> = {
  on: onOwner,
  read(input, situation) {
    return { SSHPublicKeys: [], ...noneOf(input, situation) };
  },
};

export const listSigningCertificates: IamAction<'ListSigningCertificates'> = {
  on: onOwner,
  read(input, situation) {
    return { Certificates: [], ...noneOf(input, situation) };
  },
};

export const listServiceSpecificCredentials: IamAction<'ListServiceSpecificCredentials'> = {
  on: onOwner,
  read(input, situation) {
    return { ServiceSpecificCredentials: [], ...noneOf(input, situation) };
  },
};
