import { StartError } from '../kernel/start-error.ts'

/** The option that a connection comes from. Messages name the option and never show the password. */
export type UrlName = 'DATABASE_URL' | 'DATABASE_MIGRATION_URL'

/** How messages show where a URL leads. */
export function placeOf(url: string): { role: string; database: string; at: string } {
  const { username, pathname, hostname, port, searchParams } = new URL(url)
  const role = decodeURIComponent(username) || searchParams.get('user') || process.env.PGUSER || process.env.USER || ''
  const at = `${searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost')}:${searchParams.get('port') ?? (port || '5432')}`
  return { role, database: decodeURIComponent(pathname.slice(1)) || role, at }
}

/** Quotes a name for SQL. */
export const quoted = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

type DriverError = Error & { code?: string }

/**
 * Explains why a connection could not be opened and what to do about it, in place of the driver's message.
 *
 * @returns the original error when it is none of the known ones, because it is a defect
 */
export function explainConnection(error: unknown, name: UrlName, url: string): unknown {
  const reason = error instanceof Error && reasonOf(error as DriverError, name, url)
  return reason ? new StartError(reason, { cause: error }) : error
}

function reasonOf(error: DriverError, name: UrlName, url: string): string | undefined {
  const { role, database, at } = placeOf(url)
  const { code = '', message } = error
  if (/ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|EACCES|EPIPE/.test(code))
    return `No PostgreSQL answers at ${at}, where ${name} leads (${code}).\nStart it, or correct the address.`
  if (/timeout expired|terminated|timeout exceeded|Query read timeout/.test(message))
    return `What is at ${at}, where ${name} leads, does not answer as PostgreSQL does.\nStart it, or correct the address.`
  if (/SSL|certificate|self.signed|altname/i.test(message) || /CERT|TLS|SSL/.test(code))
    return `${name}: the encrypted connection to ${at} cannot be opened (${message}).\nCorrect its sslmode, or give the authority by sslrootcert.`
  if (code === '3D000')
    return `The database "${database}" of ${name} is not there, at ${at}.\nMake it: create database ${quoted(database)} encoding 'UTF8' template template0;`
  if (code === '28P01' || /password must be a string/.test(message))
    return `${name}: the password of the role "${role}" is not accepted at ${at}.\nCorrect it there.`
  if (code === '28000')
    return `${name}: the role "${role}" may not sign in to the database "${database}" at ${at} (${message}).\nLet it in: create the role with LOGIN, and a line for it in pg_hba.conf; where that wants encryption, add ?sslmode=require.`
  if (code === '42501')
    return `${name}: the role "${role}" may not connect to the database "${database}".\nAllow it: grant connect on database ${quoted(database)} to ${quoted(role)};`
  if (code === '55000')
    return `${name}: the database "${database}" takes no connections (${message}).\nAllow them: alter database ${quoted(database)} allow_connections true;`
  if (code === '53300')
    return `${name}: PostgreSQL at ${at} has no connection left for the role "${role}" (${message}).\nEnd some, or raise max_connections or the limit of the role or the database.`
  if (code.startsWith('57P'))
    return `PostgreSQL at ${at}, where ${name} leads, is starting or stopping (${message}).\nTry again when it is up.`
  if (code === '08P01' || /unsupported startup parameter/.test(message))
    return `${name} leads to a connection pooler at ${at} that takes no settings (${message}).\n${directly(name)}`
  if (code === '42704' || code === '22023' || code === '42601')
    return `${name}: PostgreSQL at ${at} does not take a setting (${message}).\nTaskwire needs PostgreSQL 15 or newer, and in "options" only what PostgreSQL knows.`
  return undefined
}

/** What to do about a connection pooler in between: PgBouncer does not pass "options" on in any of its modes. */
export const directly = (name: UrlName) =>
  `Lead ${name} to PostgreSQL itself: what our connections set has to arrive there ("options").`
