import { types } from 'node:util';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'access is denied',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file would become larger than the system allows',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  EPERM: 'the operation is not permitted',
  EROFS: 'the disk is read-only',
};

/** The refusal of the operating system, with its code; undefined = the error is of another kind. */
export function faultOfSystem(error: unknown): string | undefined {
  if (!(types.isNativeError(error) && 'syscall' in error && 'code' in error)) return undefined;
  const code = String(error.code);
  return `${REASONS[code] ?? error.message} (${code})`;
}
