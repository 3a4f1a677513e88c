// npm run cli -- --help
import { Command } from 'commander'
import { isTaskwireError } from '../../sdk/index.ts'
import { AppError } from '../kernel/errors.ts'
import { StartError } from '../kernel/start-error.ts'
import { addBackup } from './backup.ts'
import { addCluster } from './cluster/index.ts'
import { addSeed } from './seed.ts'
import { addUser } from './user.ts'

const program = new Command('taskwire').description('Commands for whoever runs a Taskwire server').showHelpAfterError()
addSeed(program)
addUser(program)
addBackup(program)
addCluster(program)

/** Errors that the user can fix are printed without a stack; all others are defects. */
function explain(error: unknown): string | null {
  if (error instanceof StartError) return error.message
  if (error instanceof AppError) return withFields(error.message, error.fields)
  if (isTaskwireError(error)) return withFields(error.message, error.fieldErrors)
  return null
}

const withFields = (message: string, fields: Record<string, string[]> = {}) =>
  [message, ...Object.entries(fields).map(([field, errors]) => `  ${field} ${errors.join(', ')}`)].join('\n')

try {
  await program.parseAsync()
} catch (error) {
  console.error(explain(error) ?? error)
  process.exitCode = 1
}
