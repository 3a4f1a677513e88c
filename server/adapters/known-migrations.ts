import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const migrationsDir = fileURLToPath(new URL('../../migrations', import.meta.url))

/** The names of all migrations of this release. */
export const knownMigrations = (): string[] =>
  readdirSync(migrationsDir)
    .filter(name => name.endsWith('.ts'))
    .map(name => name.slice(0, -'.ts'.length))
