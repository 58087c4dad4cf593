/** The settings of the audit log: part of the table in schema.ts, as one noun. */
import type { Setting } from './schema.ts';
import { bytes, onOff, text, type ValueKind, wholeNumber } from './value-kinds.ts';

const absent: undefined = undefined;
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

export const auditSettings = {
  auditLog: {
    group: 'Logs',
    kind: text(/^[^\0]{1,4096}$/, 'off, or the path of a file', 'file'),
    default: 'off',
    doc: 'File that gets a line of JSON for every administrative change and every request that is denied or deletes; off for none.',
  },
  auditLogMaxBytes: {
    group: 'Logs',
    kind: bytes(MiB, 64 * GiB),
    default: 100 * MiB,
    doc: 'Size at which the audit log is rotated: FILE becomes FILE.1, and so on.',
  },
  auditLogFiles: {
    group: 'Logs',
    kind: wholeNumber(0, 1_000, 'count'),
    default: 10,
    doc: 'How many rotated files of the audit log are kept.',
  },
  auditWebhook: {
    group: 'Logs',
    kind: text(/^https?:\/\/[^\s]{1,2000}$/, 'an http or https URL', 'url') as ValueKind<
      string | undefined
    >,
    default: absent,
    defaultText: 'none',
    doc: 'URL that the lines of the audit log are posted to as well, several at once, again until a 2xx takes them.',
    secret: true,
  },
  auditWebhookToken: {
    group: 'Logs',
    kind: text(/^[\x21-\x7e]{1,4096}$/, 'printable ASCII characters', 'token') as ValueKind<
      string | undefined
    >,
    default: absent,
    defaultText: 'none',
    doc: 'Sent to auditWebhook as Authorization: Bearer.',
    secret: true,
    flag: false,
  },
  auditRequired: {
    group: 'Logs',
    kind: onOff(),
    default: false,
    doc: 'Whether what the audit log is to tell of is refused (ServiceUnavailable) while the log can not be written, as on a full disk. Without it such lines wait in memory, 10,000 of each process, and further ones are dropped and counted.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
