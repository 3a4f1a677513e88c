import { AppError } from '../../../kernel/errors.ts'

/** What makes a whole file unreadable, with the line if there is one to name. The job fails with it. */
export const unreadable = (why: string, line?: number): AppError =>
  new AppError('validation_error', `The file cannot be read: ${line === undefined ? '' : `line ${line}: `}${why}.`)
