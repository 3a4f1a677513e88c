import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** The real command line as a process of its own, with its relevant environment taken only from `env`. */
export async function runCli(args: string[], env: Record<string, string>): Promise<Ended> {
  const {
    DATABASE_URL: _,
    DATABASE_MIGRATION_URL: __,
    DATABASE_REPLICA_URL: ______,
    JWT_SECRET: ___,
    ADMIN_EMAIL: ____,
    ADMIN_PASSWORD: _____,
    ...inherited
  } = process.env
  const child = spawn(process.execPath, ['server/cli/main.ts', ...args], {
    cwd: root,
    env: { ...inherited, NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const code = new Promise<number | null>(resolve => child.once('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, stdout, stderr }
}
