import { type FlowdeckError, fail } from '../../shared/failure.ts';
import { errorCode } from './error-code.ts';

/**
 * What a failed file operation means to a person: `store-unreachable` when the disk takes nothing (full, failing),
 * `folder` when the place is at fault, null when the error is none of these and should be shown as it is.
 */
export function fileFailure(error: unknown, file: string): FlowdeckError | null {
  const row = table[errorCode(error)];
  if (!row) return null;
  return fail(row[0], row[1], { where: file, cure: row[2], cause: error });
}

const permission = 'Give yourself the right to write there, or use another folder.';
const table: Record<string, ['folder' | 'store-unreachable', string, string]> = {
  ENOSPC: [
    'store-unreachable',
    'The disk is full; the file was left as it was.',
    'Free some space and try again.',
  ],
  EDQUOT: [
    'store-unreachable',
    'Your disk quota is used up; the file was left as it was.',
    'Free some space and try again.',
  ],
  EFBIG: ['store-unreachable', 'The file is too big for this disk.', 'Use another disk.'],
  EIO: ['store-unreachable', 'The disk reported an error.', 'Check the disk, then try again.'],
  ENXIO: ['store-unreachable', 'The disk is gone.', 'Connect it again, then try again.'],
  ENODEV: ['store-unreachable', 'The disk is gone.', 'Connect it again, then try again.'],
  EACCES: ['folder', 'The file or its folder may not be written.', permission],
  EPERM: ['folder', 'The file or its folder may not be written.', permission],
  EROFS: ['folder', 'The disk can only be read.', 'Use a folder on another disk.'],
  EISDIR: [
    'folder',
    'A folder stands where the file should be.',
    'Move that folder away, or choose another name.',
  ],
  ENOTDIR: ['folder', 'A part of the path is a file, not a folder.', 'Correct the path.'],
  ENOENT: ['folder', 'The file or its folder is not there.', 'Correct the path, or make the folder.'],
  EEXIST: ['folder', 'Something of this name is there already.', 'Choose another name.'],
  ENAMETOOLONG: ['folder', 'The name is too long for this disk.', 'Choose a shorter name.'],
  EBUSY: ['folder', 'Another program holds the file.', 'Close that program, then try again.'],
  ELOOP: ['folder', 'The path is a circle of links.', 'Correct the links.'],
};
