/** The settings of ACME (RFC 8555): part of the table in schema.ts, as one noun. */
import type { Setting } from './schema.ts';
import { certificateNames, milliseconds, onOff, text, type ValueKind } from './value-kinds.ts';

const absent: undefined = undefined;
const noNames: readonly string[] = [];
const hourMs = 3_600_000;

const optional = (pattern: RegExp, allowed: string, placeholder: string) =>
  text(pattern, allowed, placeholder) as ValueKind<string | undefined>;

const path = (allowed: string, placeholder: string) =>
  optional(/^[^\0]{1,4096}$/, allowed, placeholder);

export const acmeSettings = {
  acmeDomains: {
    group: 'ACME',
    kind: certificateNames(),
    default: noNames,
    defaultText: 'none',
    doc: 'Names of a certificate that the server gets from an ACME authority and renews, separated by commas, such as s3.example.com or *.s3.example.com. Needs the package acme-client, acmeTermsAgreed, and httpRedirectPort or acmeDnsHook.',
  },
  acmeTermsAgreed: {
    group: 'ACME',
    kind: onOff(),
    default: false,
    doc: "Whether you agree to the authority's terms of service. Nothing is ordered without.",
  },
  acmeEmail: {
    group: 'ACME',
    kind: optional(
      /^[^\s@,?&%]{1,64}@[A-Za-z0-9.-]{1,253}$/,
      'an address such as ops@example.com',
      'address',
    ),
    default: absent,
    defaultText: 'none',
    doc: 'Address that the authority may write to about the certificate.',
  },
  acmeDirectoryUrl: {
    group: 'ACME',
    kind: text(/^https:\/\/[^\s/@]+(\/\S*)?$/, 'an https URL without credentials', 'url'),
    default: 'https://acme-v02.api.letsencrypt.org/directory',
    doc: "Directory of the ACME authority. Let's Encrypt's for trials, whose certificates nobody trusts, is https://acme-staging-v02.api.letsencrypt.org/directory.",
  },
  acmeCaFile: {
    group: 'ACME',
    kind: path('the path of a file', 'file'),
    default: absent,
    defaultText: 'the roots that Node trusts',
    doc: 'PEM file with the roots that the connection to a private ACME authority is verified with, instead of the usual ones.',
  },
  acmeDir: {
    group: 'ACME',
    kind: path('the path of a directory', 'directory'),
    default: absent,
    defaultText: 'acme in the data directory',
    doc: 'Directory for the account key, the certificate with its key, and what was ordered when; readable for its owner only. It belongs to one server at a time.',
  },
  acmeDnsHook: {
    group: 'ACME',
    kind: path('the path of a program', 'program'),
    default: absent,
    defaultText: 'none: names are proven over HTTP',
    doc: 'Program that sets TXT records: called with set or unset, the name of the record, and its value; it ends once the record can be asked for. With it all names are proven by dns-01, without it by http-01 on httpRedirectPort, which wildcards cannot be.',
  },
  acmeDnsHookTimeoutMs: {
    group: 'ACME',
    kind: milliseconds(1_000, hourMs),
    default: 120_000,
    doc: 'How long one call of acmeDnsHook may take before it is killed.',
  },
} as const satisfies Readonly<Record<string, Setting>>;
