import { AppError } from '../kernel/errors.ts'

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Translates the only disk error that a client may know about: that the disk is full. */
export function translateDiskError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return full.has(code ?? '') ? new AppError('insufficient_storage', 'The storage is full.', { cause: error }) : error
}

export const whenMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
