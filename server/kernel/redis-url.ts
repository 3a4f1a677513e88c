import { isUrlOf, loginOf } from './url-login.ts'

/** A Redis Cluster as REDIS_URL names it. Its client learns all other nodes from the first that answers. */
export interface RedisClusterAddress {
  nodes: { host: string; port: number }[]
  tls: boolean
  username?: string
  password?: string
}

const clusterForm = /^(rediss?)\+cluster:\/\/(?:(.*)@)?([^@/?#]+)\/?$/

/** The nodes of `redis+cluster://user:password@host:6379,host:6379`; null for any other text. */
export function parseClusterUrl(text: string): RedisClusterAddress | null {
  const [, scheme, login, hosts] = clusterForm.exec(text) ?? []
  if (!hosts) return null
  const urls = hosts.split(',').map(host => `redis://${login === undefined ? '' : `${login}@`}${host}`)
  if (!urls.every(url => URL.canParse(url) && new URL(url).hostname !== '')) return null
  const parsed = urls.map(url => new URL(url))
  const decoded = loginOf(parsed[0]!)
  if (!decoded) return null
  const { username, password } = decoded
  return {
    nodes: parsed.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port || 6379),
    })),
    tls: scheme === 'rediss',
    ...(username && { username }),
    ...(password && { password }),
  }
}

/** Whether it names one Redis or a cluster. */
export const isRedisUrl = (text: string): boolean => parseClusterUrl(text) !== null || isUrlOf(text, /^rediss?:$/)

/** For people: the hosts without the password. */
export function describeRedisUrl(text: string): string {
  const cluster = parseClusterUrl(text)
  if (!cluster) return new URL(text).host
  return `cluster at ${cluster.nodes.map(({ host, port }) => `${host}:${port}`).join(', ')}`
}
