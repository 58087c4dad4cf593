/**
 * ListObjectVersions of buckets that were never versioned: every object is its own latest version, `null`.
 * Set-ups and tear-downs of most test suites stand on it.
 */
import { S3Error } from '../../protocol/errors.ts';
import { nullVersionId } from '../../protocol/version-id.ts';
import { keyMarker } from '../list-parameters.ts';
import { defineOperation } from '../operation.ts';
import { assertNullVersion } from '../version-id.ts';
import { listObjectsMembers, objectEntry, objectPage, ownerShapes } from './list-page.ts';

export const ListObjectVersions = defineOperation({
  name: 'ListObjectVersions',
  access: { on: 'bucket', action: 's3:ListBucketVersions', permission: 'READ' },
  accepts: [...listObjectsMembers, 'KeyMarker', 'VersionIdMarker'],
  async run(input, context) {
    const marker = keyMarker(input.KeyMarker);
    const versionIdMarker = input.VersionIdMarker === '' ? undefined : input.VersionIdMarker;
    if (versionIdMarker !== undefined && marker === undefined) {
      throw new S3Error('InvalidArgument', {
        message: 'A version-id marker cannot be specified without a key marker.',
        fields: { ArgumentName: 'version-id-marker', ArgumentValue: versionIdMarker },
      });
    }
    assertNullVersion(versionIdMarker);
    const page = await objectPage(input, marker, context);
    const { objects, last, lastIsPrefix, more, echoed } = page;
    const ownerOf = ownerShapes(context.identity);
    return {
      ...echoed,
      KeyMarker: marker ?? '',
      VersionIdMarker: versionIdMarker ?? '',
      NextKeyMarker: more ? last : undefined,
      NextVersionIdMarker: more && !lastIsPrefix ? nullVersionId : undefined,
      Versions: objects.map((object) => ({
        ...objectEntry(object),
        StorageClass: 'STANDARD' as const,
        VersionId: nullVersionId,
        IsLatest: true,
        Owner: ownerOf(object.acl.owner),
      })),
    };
  },
});
