/** Names of buckets, as MinIO and S3 allow them. */
import type { Findings } from '../../finding.ts';
import type { Merged } from './merge.ts';

export function resolveBucket({ fields, pathOf, tellMissing }: Merged, findings: Findings): string {
  const { bucket } = fields;
  if (bucket === undefined) {
    tellMissing('bucket');
    return '';
  }
  const fault = bucketFault(bucket);
  if (fault !== undefined) findings.error('bucket-invalid', pathOf('bucket'), `\`${bucket}\` is no name of a bucket: ${fault}`);
  return bucket;
}

function bucketFault(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return `it has ${name.length} characters, and 3 to 63 are allowed`;
  if (!/^[a-z0-9.-]+$/.test(name)) return 'lower-case letters, digits, dots and dashes are allowed';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'it begins and ends with a letter or a digit';
  if (/\.\.|\.-|-\./.test(name)) return 'a dot stands between letters or digits';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'it looks like an IP address';
  return undefined;
}
