/** User metadata, which HTTP headers carry as printable ASCII only. */
import { Fault } from '../errors.ts';
import type { WriteOptions } from './types.ts';

export const metadataPrefix = 'x-amz-meta-';
/** Bytes of all names (prefix included, as MinIO counts) and values together. */
export const metadataLimit = 2048;

/** Names of HTTP headers. */
const headerName = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * Headers of an object that is to be written.
 *
 * @throws Fault STORAGE_METADATA where a name cannot be a header, or all is over 2 KiB
 */
export function objectHeaders(key: string, { contentType, cacheControl, metadata }: WriteOptions): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': contentType };
  if (cacheControl) headers['cache-control'] = cacheControl;
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    const header = metadataPrefix + name.toLowerCase();
    if (!headerName.test(header))
      throw new Fault('STORAGE_METADATA', { key, cause: `${JSON.stringify(name)} cannot be a header's name` });
    headers[header] = encodeValue(value);
    size += header.length + (headers[header] as string).length;
  }
  if (size > metadataLimit) throw new Fault('STORAGE_METADATA', { key, cause: `${size} bytes; ${metadataLimit} are allowed` });
  return headers;
}

/** The user metadata among the headers of an answer. */
export function readMetadata(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (lower.startsWith(metadataPrefix)) metadata[lower.slice(metadataPrefix.length)] = decodeValue(String(value));
  }
  return metadata;
}

/**
 * Percent-encodes what is not printable ASCII, `%` itself, and spaces that do not stand alone between words: those at
 * the ends are lost on the way, and of several in a row S3's signature counts but one.
 */
export function encodeValue(value: string): string {
  return value.toWellFormed().replace(/[^\x20-\x7e]+|%|^ +| +$| {2,}/g, (odd) => encodeURIComponent(odd));
}

/** What others wrote may hold a `%` that stands for itself. */
export function decodeValue(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
