/** The settings of TLS: part of the table in schema.ts, as one noun. */
import type { Setting } from './schema.ts';
import { choice, onOff, text, type ValueKind, wholeNumber } from './value-kinds.ts';

const absent: undefined = undefined;

/** A path, where one is given. */
const path = (allowed: string, placeholder: string) =>
  text(/^[^\0]{1,4096}$/, allowed, placeholder) as ValueKind<string | undefined>;

export const tlsSettings = {
  tlsCert: {
    group: 'TLS',
    kind: path('the path of a file', 'file'),
    default: absent,
    defaultText: 'none: the server speaks plain HTTP',
    doc: 'Certificate of the server as PEM, those that issued it after it. With it, or with tlsCertificates, the S3 port speaks TLS and nothing else. It is also for clients that name no server, or one that no other certificate is for.',
  },
  tlsKey: {
    group: 'TLS',
    kind: path('the path of a file', 'file'),
    default: absent,
    defaultText: 'none',
    doc: 'Private key of tlsCert as PEM, without a passphrase. Set both or neither.',
  },
  tlsCertificates: {
    group: 'TLS',
    kind: path('the path of a directory', 'directory'),
    default: absent,
    defaultText: 'none',
    doc: 'Directory of further certificates, each used for the names that it holds (SNI): NAME.crt with NAME.key, or directories with fullchain.pem and privkey.pem, or tls.crt and tls.key. Without tlsCert, the first by name is for everybody else.',
  },
  tlsMinVersion: {
    group: 'TLS',
    kind: choice(['TLSv1.2', 'TLSv1.3']),
    default: 'TLSv1.2',
    doc: 'The oldest version of TLS that is spoken.',
  },
  tlsReloadSeconds: {
    group: 'TLS',
    kind: wholeNumber(1, 86_400, 'seconds'),
    default: 30,
    doc: 'How often the files of certificates and keys are read again. New ones are used for connections from then on, without a restart; those that are not usable are told, and what was in use stays so.',
  },
  consoleTls: {
    group: 'TLS',
    kind: onOff() as ValueKind<boolean | undefined>,
    default: absent,
    defaultText: 'true where the S3 port speaks TLS, else false',
    doc: 'Whether the console port speaks TLS, with the same certificates.',
  },
  httpRedirectPort: {
    group: 'TLS',
    kind: wholeNumber(0, 65_535, 'port') as ValueKind<number | undefined>,
    default: absent,
    defaultText: 'none',
    doc: 'Port that answers plain HTTP: every request is redirected to https, and gets no data. 0 takes any free one.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
