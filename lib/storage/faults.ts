/** What went wrong between us and a storage server, as one of the codes of lib/errors.ts. */
import { Fault } from '../errors.ts';
import type { Exchange } from './exchange.ts';
import { FileError } from './file-range.ts';

export interface Place {
  address: string;
  bucket: string;
  key?: string;
}

/** S3 error codes by what they mean to us; whatever is not here is STORAGE_FAILED. */
const denied = new Set([
  'AccessDenied',
  'AccountProblem',
  'AllAccessDisabled',
  'AuthorizationHeaderMalformed',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'XMinioAccessKeyDisabled',
]);
const noBucket = new Set(['NoSuchBucket', 'InvalidBucketName', 'InvalidBucketNameError']);
const badKey = new Set([
  'InvalidObjectName',
  'InvalidObjectNameError',
  'KeyTooLongError',
  'XMinioInvalidObjectName',
  'XMinioInvalidResourceName',
  'XMinioObjectExistsAsDirectory',
  'XMinioParentIsObject',
]);
const tooMuchMetadata = new Set(['MetadataTooLarge']);

/** Said inside a 200 too: the answer to Complete begins before the work is done. */
const passing = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown', 'RequestTimeout', 'OperationTimedOut']);
export const isPassingStatus = (status: unknown): boolean =>
  typeof status === 'number' && (status >= 500 || status === 429 || status === 408);

/** OpenSSL's and Node's codes for a certificate or a handshake that will not do. */
const tlsCode = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|HOSTNAME_MISMATCH$)/;

/** `error` is what the minio package, Node or our own code threw; `exchange` is what the server was seen to say. */
export function storageFault(error: unknown, place: Place, exchange: Exchange): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof FileError)
    return new Fault('STORAGE_WRITE', { key: place.key ?? '', cause: error.message }, { cause: error });
  const seen = describe(error, exchange);
  const details = { address: place.address, bucket: place.bucket, key: place.key ?? '', cause: seen.cause };
  const fault = (code: ConstructorParameters<typeof Fault>[0]) =>
    new Fault(code, seen.status === undefined ? details : { ...details, status: seen.status }, { cause: error });
  if (noBucket.has(seen.code)) return fault('STORAGE_NO_BUCKET');
  if (badKey.has(seen.code)) return fault('STORAGE_KEY_INVALID');
  if (tooMuchMetadata.has(seen.code)) return fault('STORAGE_METADATA');
  if (denied.has(seen.code)) return fault('STORAGE_DENIED');
  if (tlsCode.test(seen.code)) return fault('STORAGE_TLS');
  // clocks that are apart come as 403 too, but no other key will help
  if ((seen.status === 401 || seen.status === 403) && seen.code !== 'RequestTimeTooSkewed') return fault('STORAGE_DENIED');
  return fault(seen.status === undefined ? 'STORAGE_UNREACHED' : 'STORAGE_FAILED');
}

/** Whether the same call may succeed a moment later. */
export function isPassing(fault: unknown): boolean {
  if (!(fault instanceof Fault)) return false;
  if (fault.code === 'STORAGE_UNREACHED') return true;
  if (fault.code !== 'STORAGE_FAILED') return false;
  const { status } = fault.details;
  return isPassingStatus(status) || passing.has(s3Code(fault));
}

/** The S3 error code of a failed call, such as `NoSuchUpload`; empty where there is none. */
export function s3Code(fault: unknown): string {
  return fault instanceof Fault ? describe(fault.cause, {}).code : '';
}

/**
 * The minio package throws S3Error (lower-case names), the parsed `<Error>` of a 200 (upper-case names), Node's own
 * errors, and for a 5xx a plain Error that has lost the answer: hence the exchange.
 */
function describe(error: unknown, exchange: Exchange): { code: string; cause: string; status?: number } {
  const { code, Code, message, Message, name, errors } = (error ?? {}) as Record<string, unknown>;
  const inner = Array.isArray(errors) ? (errors[0] as { message?: string } | undefined)?.message : undefined;
  const s3 = exchange.errorCode ?? Code ?? code ?? (name === 'Error' ? undefined : name);
  const words = [Message ?? message, inner, s3].find((text) => typeof text === 'string' && text !== '') ?? String(error);
  const known = typeof s3 === 'string' ? s3 : '';
  const status = exchange.status;
  const prefix = status !== undefined && status >= 400 ? `HTTP ${status}, ` : '';
  const suffix = known !== '' && !String(words).includes(known) ? ` (${known})` : '';
  return { code: known, cause: `${prefix}${words}${suffix}`, status };
}
