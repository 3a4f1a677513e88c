import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ROLE } from '../adapters/postgres-cluster.ts'
import { choosePostgresHome } from '../adapters/postgres-home.ts'

/**
 * The address of the embedded PostgreSQL that a running server keeps on a data folder; null when there are no traces of
 * one. Whether it still answers is for the caller to find out.
 */
export async function findRunningPostgres(dataDir: string): Promise<string | null> {
  try {
    const { base } = await choosePostgresHome(path.join(dataDir, 'pg'))
    const [port, password] = await Promise.all(
      ['port', 'password'].map(name => readFile(path.join(base, name), 'utf8').then(text => text.trim())),
    )
    return `postgres://${ROLE}:${password}@127.0.0.1:${port}/taskwire`
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
