import { migrate } from '../server/adapters/database-migration.ts'
import { fill } from './fill.ts'
import { send } from './load.ts'
import { log, type Running, type Stage } from './stage.ts'

export interface Contender<Name extends string = string> extends Running {
  name: Name
  database: string
  token: string
}

/** The password of the person as whom a bench signs in. */
export const password = 'correct horse 9'
export const emailOn = ({ pid }: Running) => `bench-${pid}@example.com`

/**
 * Fills the database of our server and copies it under other names, so that all servers have the same rows, indexes and
 * statistics, each in its own copy.
 */
export async function fillCopies(stage: Stage, copies: string[]): Promise<void> {
  await migrate({ url: stage.databaseUrl('taskwire'), migrationUrl: null }, log)
  await fill(stage, 'taskwire')
  await stage.letGo('taskwire')
  for (const copy of copies) await stage.query('postgres', `create database ${copy} template taskwire`)
}

export async function startOurs(
  stage: Stage,
  nodeArgs: string[] = [],
  more: Record<string, string> = {},
): Promise<Contender<'ours'>> {
  const env = { DATABASE_URL: stage.databaseUrl('taskwire'), ACCESS_TOKEN_TTL: '86400', ...more }
  const server = await stage.run('server/main.ts', env, nodeArgs)
  const token = await joinAsEditor(stage, server, `bench-${server.pid}`)
  return { ...server, name: 'ours', database: 'taskwire', token }
}

export async function startBare(stage: Stage, nodeArgs: string[] = []): Promise<Contender<'bare'>> {
  const server = await stage.run('bench/bare-server.ts', { DATABASE_URL: stage.databaseUrl('bare') }, nodeArgs)
  return { ...server, name: 'bare', database: 'bare', token: '' }
}

/**
 * Creates an ordinary person, whose rights have to be looked up; an administrator would skip that. @returns a token of
 * theirs
 */
export async function joinAsEditor(stage: Stage, { url }: Running, username: string): Promise<string> {
  const account = { email: `${username}@example.com`, username, password }
  const call = { method: 'POST', path: '/auth/register', body: JSON.stringify(account) }
  const { access_token } = JSON.parse(await send(url, '', call))
  await stage.query(
    'taskwire',
    `insert into project_members (project_id, user_id, role) select p.id, u.id, 'editor' from projects p, users u
     where u.email = $1`,
    [account.email],
  )
  return access_token
}
