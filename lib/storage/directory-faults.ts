/** What a file system refuses, in the words of the storage. */
import { Fault, type FaultCode } from '../errors.ts';
import type { Place } from './faults.ts';
import { FileError } from './file-range.ts';

const codes: Record<string, FaultCode> = {
  EACCES: 'STORAGE_DENIED',
  EDQUOT: 'STORAGE_FAILED',
  EISDIR: 'STORAGE_KEY_INVALID', // an object a/b is there: a is a folder
  ENAMETOOLONG: 'STORAGE_KEY_INVALID',
  ENOTDIR: 'STORAGE_KEY_INVALID', // an object a is there: a/b cannot be
  ENOTEMPTY: 'STORAGE_KEY_INVALID',
  EEXIST: 'STORAGE_KEY_INVALID',
  EPERM: 'STORAGE_DENIED',
  EROFS: 'STORAGE_DENIED',
};

export function directoryFault(error: unknown, { address, bucket, key = '' }: Place): Fault {
  if (error instanceof Fault) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const details = { address, bucket, key, cause: message };
  if (error instanceof FileError) return new Fault('STORAGE_WRITE', details, { cause: error });
  return new Fault(codes[code] ?? 'STORAGE_FAILED', details, { cause: error });
}
