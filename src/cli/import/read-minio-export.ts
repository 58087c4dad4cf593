/**
 * What `mc admin cluster iam export` wrote: users, groups, policies and service accounts of a MinIO deployment.
 *
 * The files are those of `ExportIAM` in MinIO's cmd/admin-handlers-users.go, and their JSON that of madmin-go's
 * AddOrUpdateUserReq and SRSvcAccCreate, and of GroupInfo and MappedPolicy in cmd/iam-store.go.
 */
import { readFileSync, statSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import type { GroupFound, Identities, PolicyFound, UserFound } from './identities.ts';
import { comingPolicy } from './minio-policies.ts';
import type { Report } from './report.ts';
import { readZip, ZipError } from './zip-file.ts';

const maxArchiveBytes = 256 * 1024 ** 2;
const folder = 'iam-assets/';

type Table<Value> = Readonly<Record<string, Value>>;

interface UserEntry {
  readonly status?: string;
}

interface GroupEntry {
  readonly status?: string;
  readonly members?: readonly string[] | null;
}

/** Names with commas between them. */
interface MappingEntry {
  readonly policy?: string;
}

interface ServiceAccountEntry {
  readonly parent?: string;
  readonly status?: string;
  readonly name?: string;
  readonly description?: string;
  readonly expiration?: string | null;
  /** A policy, which the account has at most; null: that of its parent. */
  readonly sessionPolicy?: unknown;
}

/** As IAM has names. */
const userName = /^[\w+=,.@-]{1,64}$/;
const groupName = /^[\w+=,.@-]{1,128}$/;

/** @throws CommandError if the file is no such export */
export function readMinioExport(file: string, report: Report): Identities {
  const files = unpacked(file);
  const table = <Value>(name: string): Table<Value> => tableIn<Value>(files, name, file);
  const users = table<UserEntry>('users.json');
  const groups = table<GroupEntry>('groups.json');
  const serviceAccounts = table<ServiceAccountEntry>('svcaccts.json');
  const userMappings = table<MappingEntry>('user_mappings.json');
  const groupMappings = table<MappingEntry>('group_mappings.json');
  for (const [name, { policy = '' }] of Object.entries(
    table<MappingEntry>('stsuser_mappings.json'),
  )) {
    report.left('stsMapping', name, `policies of an outside identity provider: ${policy}`);
  }

  const policies: PolicyFound[] = [];
  for (const [name, document] of Object.entries(table<unknown>('policies.json'))) {
    const coming = comingPolicy(name, document, report);
    if (coming !== undefined) policies.push({ name, path: '/', document: coming, tags: [] });
  }
  const known = new Set(policies.map(({ name }) => name));
  const attachedBy = (mapping: MappingEntry | undefined): readonly string[] =>
    namesIn(mapping).filter((name) => known.has(name));

  const coming = { users, groups, userMappings, groupMappings, report, attachedBy };
  const foundGroups = groupsFound(coming);
  const foundUsers = usersFound(coming, new Set(foundGroups.map(({ name }) => name)));
  const byName = new Map(foundUsers.map((user) => [user.name, user]));
  for (const [id, account] of Object.entries(serviceAccounts)) {
    const user = serviceAccountFound(id, account, byName, policies, report);
    if (user !== undefined) foundUsers.push(user);
  }
  return { policies, groups: foundGroups, users: foundUsers, roles: [] };
}

function unpacked(file: string): ReadonlyMap<string, Buffer> {
  const { size } = statSync(file);
  if (size > maxArchiveBytes) {
    throw new CommandError(`${file} has ${size} bytes; exports have ${maxArchiveBytes} at most.`);
  }
  try {
    return readZip(readFileSync(file));
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new CommandError(
      `${file} can't be read: ${error.message}. It must be what "mc admin cluster iam export" wrote.`,
    );
  }
}

function tableIn<Value>(
  files: ReadonlyMap<string, Buffer>,
  name: string,
  file: string,
): Table<Value> {
  const content = files.get(folder + name);
  if (content === undefined) {
    // Older servers write no mappings of service accounts or of STS.
    if (name !== 'users.json' && name !== 'policies.json') return {};
    throw new CommandError(`${file} has no ${folder}${name}: it is no export of MinIO's IAM.`);
  }
  try {
    const found: unknown = JSON.parse(content.toString('utf8'));
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) {
      return found as Table<Value>;
    }
  } catch {
    // Without what is in it, which may be secrets.
  }
  throw new CommandError(`${folder}${name} in ${file} is no JSON object.`);
}

const namesIn = ({ policy = '' }: MappingEntry = {}): readonly string[] =>
  policy.split(',').flatMap((name) => name.trim() || []);

interface ComingTables {
  readonly users: Table<UserEntry>;
  readonly groups: Table<GroupEntry>;
  readonly userMappings: Table<MappingEntry>;
  readonly groupMappings: Table<MappingEntry>;
  readonly report: Report;
  readonly attachedBy: (mapping: MappingEntry | undefined) => readonly string[];
}

const badName = 'its name is none that IAM takes: letters, digits and +=,.@-_';

function groupsFound({ groups, groupMappings, report, attachedBy }: ComingTables): GroupFound[] {
  return Object.entries(groups).flatMap(([name, { status }]) => {
    if (!groupName.test(name)) {
      report.left('group', name, badName);
      return [];
    }
    // A group that is off gives nothing, and IAM knows none such.
    const isOff = status === 'disabled';
    if (isOff) report.left('group policies', name, 'the group is disabled');
    const attached = isOff ? [] : attachedBy(groupMappings[name]);
    return [{ name, path: '/', attached, inline: {} }];
  });
}

function usersFound(
  { users, groups, userMappings, report, attachedBy }: ComingTables,
  known: ReadonlySet<string>,
): UserFound[] {
  return Object.entries(users).flatMap(([name, { status }]) => {
    if (!userName.test(name)) {
      report.left('user', name, badName);
      return [];
    }
    const memberships = Object.entries(groups).flatMap(([group, { members }]) =>
      known.has(group) && members?.includes(name) ? [group] : [],
    );
    const isOff = status === 'disabled';
    if (isOff) report.left('key', `${name} of the user ${name}`, 'it is disabled');
    return [
      {
        name,
        path: '/',
        attached: attachedBy(userMappings[name]),
        inline: {},
        groups: memberships,
        tags: [],
        // In MinIO a user is a key.
        activeKeys: isOff ? [] : [name],
      },
    ];
  });
}

/**
 * A service account has what its parent has, within a policy of its own: in IAM that is a user with the same policies
 * and groups, and that policy as the boundary.
 */
function serviceAccountFound(
  id: string,
  { parent = '', status, name, description, expiration, sessionPolicy }: ServiceAccountEntry,
  users: ReadonlyMap<string, UserFound>,
  policies: PolicyFound[],
  report: Report,
): UserFound | undefined {
  const told = name ? `${id} (${name})` : id;
  const owner = users.get(parent);
  if (owner === undefined) {
    report.left('serviceAccount', told, `its parent ${parent} is no user that comes over`);
    return undefined;
  }
  if (!userName.test(id)) {
    report.left('serviceAccount', told, badName);
    return undefined;
  }
  if (hasEnd(expiration)) {
    // A key without an end would outlive what was meant.
    report.left('serviceAccount', told, `it ends at ${expiration}, and keys of users don't`);
    return undefined;
  }
  let boundary: string | undefined;
  if (hasStatements(sessionPolicy)) {
    boundary = `${id}-boundary`;
    const document = comingPolicy(boundary, sessionPolicy, report);
    if (document === undefined) return undefined;
    policies.push({
      name: boundary,
      path: '/',
      document,
      tags: [],
      description: `Of the service account ${id}`,
    });
  }
  const isOff = status === 'off';
  if (isOff) report.left('key', `${id} of the user ${id}`, 'it is disabled');
  const tags = [
    { Key: 'minio-parent', Value: parent },
    ...(name ? [{ Key: 'minio-name', Value: tagText(name) }] : []),
    ...(description ? [{ Key: 'minio-description', Value: tagText(description) }] : []),
  ];
  return { ...owner, name: id, boundary, tags, activeKeys: isOff ? [] : [id] };
}

/** Go's zero time, and that of Unix, stand for none. */
const hasEnd = (expiration: string | null | undefined): boolean =>
  typeof expiration === 'string' && new Date(expiration).getTime() > 0;

const hasStatements = (policy: unknown): boolean =>
  typeof policy === 'object' &&
  policy !== null &&
  [(policy as { Statement?: unknown }).Statement ?? []].flat().length > 0;

const maxTagCharacters = 256;

/** As tags take it. */
const tagText = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, ' ').slice(0, maxTagCharacters);
