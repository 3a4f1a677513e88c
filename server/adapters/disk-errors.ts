import { AppError } from '../kernel/errors.ts'

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** The folder belongs to somebody else, is read-only, is no folder, or the disk is broken. */
const unusable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EIO'])

/** Translates the disk errors that a client may know about: that the disk is full, or cannot be used. */
export function translateDiskError(error: unknown): unknown {
  const { code = '' } = error as NodeJS.ErrnoException
  if (full.has(code)) return new AppError('insufficient_storage', 'The storage is full.', { cause: error })
  if (unusable.has(code)) return new AppError('unavailable', 'The storage cannot be used.', { cause: error })
  return error
}

export const whenMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
