import { AppError } from '../kernel/errors.ts'

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** What a client may know of a disk that refuses: that it is full. */
export function translateDiskError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return full.has(code ?? '') ? new AppError('insufficient_storage', 'The storage is full.', { cause: error }) : error
}

export const whenMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}
