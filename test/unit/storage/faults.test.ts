import { describe, expect, it } from 'vitest';
import { isPassing, s3Code, storageFault } from '../../../lib/storage/faults.ts';
import { FileError } from '../../../lib/storage/file-range.ts';

const place = { address: 'minio:9000', bucket: 'films', key: 'a.mp4' };
const node = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const s3 = (code: string) => Object.assign(new Error('the words of the server'), { name: 'S3Error', code });

describe('storageFault', () => {
  const cases: Array<[name: string, error: unknown, status: number | undefined, code: string, passing: boolean]> = [
    ['refused', node('ECONNREFUSED'), undefined, 'STORAGE_UNREACHED', true],
    ['reset', node('ECONNRESET'), undefined, 'STORAGE_UNREACHED', true],
    ['timed out', node('ETIMEDOUT'), undefined, 'STORAGE_UNREACHED', true],
    ['no such host', node('ENOTFOUND'), undefined, 'STORAGE_UNREACHED', true],
    ['all addresses refused', new AggregateError([node('ECONNREFUSED')]), undefined, 'STORAGE_UNREACHED', true],
    ['certificate of nobody', node('DEPTH_ZERO_SELF_SIGNED_CERT'), undefined, 'STORAGE_TLS', false],
    ['certificate of another', node('ERR_TLS_CERT_ALTNAME_INVALID'), undefined, 'STORAGE_TLS', false],
    ['no TLS there', node('EPROTO'), undefined, 'STORAGE_TLS', false],
    ['a 403 without a word', new Error(''), 403, 'STORAGE_DENIED', false],
    ['unknown key', s3('InvalidAccessKeyId'), 403, 'STORAGE_DENIED', false],
    ['wrong secret', s3('SignatureDoesNotMatch'), 403, 'STORAGE_DENIED', false],
    ['wrong region', s3('AuthorizationHeaderMalformed'), 400, 'STORAGE_DENIED', false],
    ['clocks apart', s3('RequestTimeTooSkewed'), 403, 'STORAGE_FAILED', false],
    ['no bucket', s3('NoSuchBucket'), 404, 'STORAGE_NO_BUCKET', false],
    ['no upload', s3('NoSuchUpload'), 404, 'STORAGE_FAILED', false],
    ['an internal error, said in a 200', { Code: 'InternalError', Message: 'try again' }, 200, 'STORAGE_FAILED', true],
    ['no upload, said in a 200', { Code: 'NoSuchUpload', Message: 'gone' }, 200, 'STORAGE_FAILED', false],
    ['key too long', s3('KeyTooLongError'), 400, 'STORAGE_KEY_INVALID', false],
    ['slow down', new Error('Request failed after 0 retries'), 503, 'STORAGE_FAILED', true],
    ['internal error', new Error('Request failed after 0 retries'), 500, 'STORAGE_FAILED', true],
    ['too many', new Error('Request failed after 0 retries'), 429, 'STORAGE_FAILED', true],
    ['the file', new FileError('out became shorter'), undefined, 'STORAGE_WRITE', false],
  ];
  it.each(cases)('names what happened: %s', (_name, error, status, code, passing) => {
    const fault = storageFault(error, place, { status });
    expect(fault.code).toBe(code);
    expect(isPassing(fault)).toBe(passing);
    expect(storageFault(fault, place, {})).toBe(fault);
  });

  it('keeps the words of the server, its code and the address', () => {
    const fault = storageFault(s3('InvalidAccessKeyId'), place, { status: 403 });
    expect(fault.message).toBe(
      'The storage at minio:9000 refused access: HTTP 403, the words of the server (InvalidAccessKeyId)',
    );
    expect(s3Code(fault)).toBe('InvalidAccessKeyId');
    expect(s3Code(new Error('x'))).toBe('');
  });
});
