import { AppError } from '../../../kernel/errors.ts'

/** The error that makes a whole file unreadable, with its line if there is one. The job fails with it. */
export const unreadable = (why: string, line?: number): AppError =>
  new AppError('validation_error', `The file cannot be read: ${line === undefined ? '' : `line ${line}: `}${why}.`)
