/** `kist access explain` where a server is to answer it. */

import type { AccessQuestion } from '../../http/explain-access.ts';
import { explanationText } from '../../http/explanation-text.ts';
import { defaultAliasName } from '../alias/aliases.ts';
import { usageError } from '../command-error.ts';
import { parseRemote, type RemotePlace } from '../location.ts';
import { withAdmin } from './admin-session.ts';

/** With the alias that `s3://` means. @throws CommandError for a local path */
export function placeOf(text: string): RemotePlace & { readonly alias: string } {
  const place = parseRemote(text);
  return { ...place, alias: place.alias ?? defaultAliasName(process.env) };
}

/** Prints it, and gives whether it would be allowed. */
export async function explainOverNetwork(
  { query = [], headers, conditions, ...question }: AccessQuestion,
  { alias, json }: { readonly alias: string; readonly json: boolean },
): Promise<boolean> {
  const byName = Object.fromEntries(query);
  if (Object.keys(byName).length < query.length) {
    throw usageError('A parameter of the query is there twice, which a server takes once.');
  }
  let isAllowed = false;
  await withAdmin({ alias }, async ({ call, out }) => {
    const { accessKeyId, arn } = question;
    const isAnonymous = accessKeyId === undefined && arn === undefined;
    const explanation = await call('explainAccess', {
      ...question,
      ...(isAnonymous && { anonymous: true }),
      ...(query.length > 0 && { query: byName }),
      ...(Object.keys(headers ?? {}).length > 0 && { headers }),
      ...(Object.keys(conditions ?? {}).length > 0 && { conditions: arrays(conditions ?? {}) }),
    });
    isAllowed = explanation.allowed;
    out.document(json ? JSON.stringify(explanation, undefined, 2) : explanationText(explanation));
  });
  return isAllowed;
}

const arrays = (conditions: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(conditions).map(([key, values]) => [key, [...values]]));
