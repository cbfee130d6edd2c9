import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Only the service's own user may list or enter. */
const FOLDER_MODE = 0o700;
/** Only the service's own user may read or write. */
export const PRIVATE_FILE_MODE = 0o600;
const PERMISSIONS = 0o777;
/** The folder is another user's, or on a file system without permissions: its owner decides. */
const NOT_OURS = ['EPERM', 'EROFS', 'ENOTSUP', 'ENOSYS'];

/** In folders of this service; anything else was put there by someone else. */
const OWN_NAMES = /^(?:[\w-]+\.lmdb(?:-lock)?|content)$/;

/** Makes the folder for the service's own user only. An existing folder is closed to other users, unless it also has foreign files. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  if (readdirSync(folder).every((name) => OWN_NAMES.test(name))) tighten(folder, FOLDER_MODE);
}

/** Makes a folder for files of the service only. An existing folder and all its files are closed to other users. */
export function makePrivateFolderOfFiles(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  tighten(folder, FOLDER_MODE);
  for (const name of readdirSync(folder)) makePrivateFile(join(folder, name));
}

export function makePrivateFile(path: string): void {
  tighten(path, PRIVATE_FILE_MODE);
}

function tighten(path: string, mode: number): void {
  if ((statSync(path).mode & PERMISSIONS) === mode) return;
  try {
    chmodSync(path, mode);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!NOT_OURS.includes(code)) throw error;
  }
}
