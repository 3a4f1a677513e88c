/**
 * The `bin` folder of an installed PostgreSQL (Debian's: /usr/lib/postgresql/15/bin), which tests, benches and chaos then
 * run with its own defaults; without TEST_POSTGRES_BIN it is the embedded one with ours.
 */
export const installedPostgres = (): string | undefined => process.env.TEST_POSTGRES_BIN || undefined
