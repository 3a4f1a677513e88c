import { createClient, isTaskwireError } from '../../sdk/index.ts'
import { StartError } from '../kernel/start-error.ts'
import { type ImportSummary, importTasks } from './import-tasks.ts'
import { counted, createProgress } from './progress.ts'
import { assertOneALine } from './text-lines.ts'

export interface SeedFileOptions {
  file: string
  url: string
  email: string | undefined
  password: string | undefined
  concurrency: number
  json: boolean
}

/** How long a line waits for a server that is being restarted. */
const patienceMs = 120_000

/** `seed --file`: loads a file of tasks. @returns whether every line became a task */
export async function seedFile(options: SeedFileOptions): Promise<boolean> {
  const { file, url, email, password, concurrency } = options
  if (!email || !password) {
    throw new StartError('Loading a file goes through the API: give --email and --password of an account.')
  }
  await assertOneALine(file)
  const client = createClient({ url, attempts: 1 })
  await client.accounts.login({ email, password }).catch(error => {
    throw isTaskwireError(error, 'network_error')
      ? new StartError(`No server answers at ${url}. Start it, or give the address of one with --url.`)
      : error
  })

  const began = performance.now()
  const progress = createProgress()
  const perSecond = (count: number) => Math.round(count / Math.max(0.001, (performance.now() - began) / 1000))
  const summary = await importTasks({
    client,
    file,
    concurrency,
    patienceMs,
    onLine: ({ lines, accepted, rejected }) =>
      progress.show(`${counted(lines)} lines, ${counted(perSecond(accepted))}/s, ${counted(rejected.length)} rejected`),
    onRejected: ({ line, message, fields }) => {
      const why = Object.entries(fields).map(([field, errors]) => `${field} ${errors.join(', ')}`)
      progress.say(`line ${line}: ${why.join('; ') || message}`)
    },
  })
  progress.end()
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1))
  const whole = { ...summary, seconds, per_second: perSecond(summary.accepted) }
  process.stdout.write(options.json ? `${JSON.stringify(whole)}\n` : describe(whole, url))
  return summary.rejected.length === 0 && summary.stopped === null
}

function describe(summary: ImportSummary & { seconds: number; per_second: number }, url: string): string {
  const { accepted, shortened, ignored_fields, new_projects, rejected, stopped } = summary
  const ignored = Object.entries(ignored_fields).map(([name, count]) => `${name} (${counted(count)} times)`)
  const sentences = [
    `${counted(accepted)} tasks are in ${url}: ${summary.seconds} s, ${counted(summary.per_second)} a second.`,
    new_projects.length > 0 && `New projects: ${new_projects.join(', ')}.`,
    shortened > 0 && `${counted(shortened)} titles were too long; they are whole at the front of the description.`,
    ignored.length > 0 && `Not fields of a new task, and left out: ${ignored.join(', ')}.`,
    rejected.length > 0 && `${counted(rejected.length)} lines were rejected, see above.`,
    stopped !== null && `Stopped at ${stopped} Run it again: what is in is not doubled for 24 hours.`,
  ]
  return `${sentences.filter(sentence => sentence !== false).join('\n')}\n`
}
