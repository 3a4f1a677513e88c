import { type Command, InvalidArgumentError } from 'commander'
import type { Filled } from './demo/index.ts'
import { counted, createProgress } from './progress.ts'
import { findRunningServer } from './running-server.ts'
import { seedFile } from './seed-file.ts'
import { readConfig, scopeOf, type Services, withServices } from './services.ts'

interface Options {
  tasks?: number
  file?: string
  url?: string
  email?: string
  password?: string
  concurrency: number
  json?: true
}

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  return value
}

/** The command `seed`: a demo board, a large data set, or the tasks of a file. */
export function addSeed(program: Command): void {
  program
    .command('seed')
    .description('fill a demo project; or make a large one; or load a file of tasks through the API')
    .option('--tasks <count>', 'a project with so many tasks instead', wholeNumber(1, 10_000_000))
    .option('--file <path>', 'tasks to load, one JSON object a line, also .gz')
    .option('--url <address>', 'server for --file (default: the one on this machine)')
    .option('--email <email>', 'account for --file (default: ADMIN_EMAIL)')
    .option('--password <password>', 'its password (default: ADMIN_PASSWORD)')
    .option('--concurrency <count>', 'requests under way at the same time', wholeNumber(1, 100), 8)
    .option('--json', 'print the result as JSON')
    .action(async (options: Options) => {
      const config = readConfig()
      if (options.file === undefined) return withServices(services => seedDemo(services, options))
      const complete = await seedFile({
        file: options.file,
        url: options.url ?? (await findRunningServer(config.dataDir)) ?? `http://127.0.0.1:${config.port}`,
        email: options.email ?? config.adminEmail,
        password: options.password ?? config.adminPassword,
        concurrency: options.concurrency,
        json: options.json === true,
      })
      if (!complete) process.exitCode = 1
    })
}

async function seedDemo({ admin, demo }: Services, { tasks, json }: Options): Promise<void> {
  const { user, password } = await admin()
  const progress = createProgress()
  const began = performance.now()
  const filled =
    tasks === undefined
      ? await demo.fillDemo(scopeOf(user))
      : await demo.fillLarge(scopeOf(user), tasks, created => {
          const rate = Math.round(created / ((performance.now() - began) / 1000))
          progress.show(`${counted(created)} tasks, ${counted(rate)}/s`)
        })
  progress.end()
  process.stdout.write(json ? `${JSON.stringify(filled)}\n` : describe(filled))
  // The administrator was just created. This is the only time that the password can be shown.
  if (password !== null) process.stderr.write(`Admin ${user.email}, password ${password} (shown only now)\n`)
}

const describe = ({ project, found, created }: Filled) =>
  created === 0
    ? `It is there already: project "${project}" has ${counted(found)} tasks.\n`
    : `Project "${project}" has ${counted(found + created)} tasks, ${counted(created)} of them new.\n`
