import type { Config } from '../config.ts'
import { describeRedisUrl } from '../kernel/redis-url.ts'

export interface BannerFacts {
  config: Config
  port: number
  hasPage: boolean
  /** `password` only when this start generated it; it is never shown again. */
  admin: { email: string; password: string | null } | null
  embedded: { version: string; base: string } | null
}

/** Where people reach the server: PUBLIC_URL, or the address on this machine. */
export function publicAddress(config: Config, port: number): string {
  if (config.publicUrl) return config.publicUrl
  const everywhere = config.host === '0.0.0.0' || config.host === '::'
  const host = everywhere ? '127.0.0.1' : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The block of text that a start prints when the server is ready. */
export function renderBanner({ config, port, hasPage, admin, embedded }: BannerFacts): string {
  const address = publicAddress(config, port)
  const rows = [
    ['Page', hasPage ? address : 'not built, see the log above'],
    ['API', `${address}/api/v1`],
    ['Health', `${address}/api/v1/health`],
    ['Admin', describeAdmin(admin)],
    ['Database', embedded ? `embedded PostgreSQL ${embedded.version} in ${embedded.base}` : describeUrl(config)],
    ['Redis', config.redisUrl ? describeRedisUrl(config.redisUrl) : 'none (one instance)'],
    ['Data', config.dataDir],
  ]
  const lines = rows.map(([name, value]) => `    ${name?.padEnd(10)}${value}`)
  return ['', '  Taskwire is ready', '', ...lines, '', '  Ctrl-C to stop', '', ''].join('\n')
}

function describeAdmin(admin: BannerFacts['admin']): string {
  if (!admin) return 'none yet: set ADMIN_EMAIL and ADMIN_PASSWORD and start again'
  if (admin.password === null) return admin.email
  return `${admin.email}, password ${admin.password} (shown only now)`
}

function describeUrl({ databaseUrl }: Config): string {
  const { host, pathname } = new URL(databaseUrl ?? '')
  return `${decodeURIComponent(pathname.slice(1))} at ${host}`
}
