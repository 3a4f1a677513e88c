import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { passwordFiles, ROLE, SERVING_ROLE } from '../embedded/postgres-cluster.ts'
import type { DatabaseUrls } from '../adapters/database-roles.ts'
import { choosePostgresHome } from '../embedded/postgres-home.ts'

/**
 * The URLs of the embedded PostgreSQL of a running server on a data folder; null when there are no traces of one. The
 * caller has to check whether it still answers. A server of an earlier release has one role for everything.
 */
export async function findRunningPostgres(dataDir: string): Promise<DatabaseUrls | null> {
  try {
    const { base } = await choosePostgresHome(path.join(dataDir, 'pg'))
    const read = (name: string) => readFile(path.join(base, name), 'utf8').then(text => text.trim())
    const [port, password, servingPassword] = await Promise.all([
      read('port'),
      read(passwordFiles[ROLE]),
      read(passwordFiles[SERVING_ROLE]).catch(() => null),
    ])
    const urlOf = (role: string, secret: string) => `postgres://${role}:${secret}@127.0.0.1:${port}/taskwire`
    const owner = urlOf(ROLE, password)
    if (servingPassword === null) return { url: owner, migrationUrl: null }
    return { url: urlOf(SERVING_ROLE, servingPassword), migrationUrl: owner }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
