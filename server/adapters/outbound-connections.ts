import { Agent, type AgentOptions } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import type { Duplex } from 'node:stream'

/** What one process keeps open and unused: in all, of one person, for how long, and how old at most. */
const kept = { all: 256, ofOne: 32, unusedMs: 4_000, ageMs: 60_000 }

export interface KeptConnections {
  http: Agent
  https: SecureAgent
}

/** An option of a request: for whom its connection stays open. Node passes it on with all others. */
export interface SharedBy {
  sharedBy?: string | undefined
}

/**
 * Connections to other servers that stay open between requests, so that not every request pays for a new connection and
 * a TLS handshake. Only requests for the same person share one: the time that a request takes tells nobody whether others
 * call that server. No connection gets old, so requests follow a name to its new address within about a minute.
 */
export function keptConnections({ ageMs = kept.ageMs, all = kept.all } = {}): KeptConnections {
  const options: AgentOptions = { keepAlive: true, maxFreeSockets: kept.ofOne, timeout: kept.unusedMs }
  // Without kept TLS sessions, each new connection checks the certificate.
  const agents = { http: new Agent(options), https: new SecureAgent({ ...options, maxCachedSessions: 0 }) }
  const unused = (sharedBy?: string) =>
    countUnused(agents.http.freeSockets, sharedBy) + countUnused(agents.https.freeSockets, sharedBy)
  const isRoomFor = (sharedBy?: string) => unused() < all && unused(sharedBy) < kept.ofOne
  return { http: bounded(agents.http, ageMs, isRoomFor), https: bounded(agents.https, ageMs, isRoomFor) }
}

function bounded<A extends Agent>(agent: A, ageMs: number, isRoomFor: (sharedBy?: string) => boolean): A {
  const opened = new WeakMap<Duplex, { at: number; sharedBy: string | undefined }>()
  const nameOf = agent.getName.bind(agent)
  agent.getName = (request = {}) => `${nameOf(request)}${mark}${(request as SharedBy).sharedBy}`
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (request: object, done?: Connected) => {
    const socket = connect(request, done)
    if (socket) opened.set(socket, { at: performance.now(), sharedBy: (request as SharedBy).sharedBy })
    return socket
  }
  // Node asks this whenever an answer has ended, and closes the connection if it says no. Its type has no result.
  const mayStay = agent.keepSocketAlive.bind(agent) as (socket: Duplex) => boolean
  agent.keepSocketAlive = (socket: Duplex): boolean => {
    const known = opened.get(socket)
    return known !== undefined && performance.now() - known.at < ageMs && isRoomFor(known.sharedBy) && mayStay(socket)
  }
  return agent
}

type Connected = Parameters<Agent['createConnection']>[1]

const mark = ' for '

function countUnused(unused: Agent['freeSockets'], sharedBy: string | undefined): number {
  const ending = sharedBy === undefined ? '' : `${mark}${sharedBy}`
  return Object.entries(unused).reduce((sum, [name, of]) => sum + (name.endsWith(ending) ? (of?.length ?? 0) : 0), 0)
}
