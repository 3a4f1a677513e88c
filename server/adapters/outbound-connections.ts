import { Agent, type AgentOptions } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import type { Duplex } from 'node:stream'

/** What one process keeps open: to how many servers, to each of them, for how long unused, and how old at most. */
const kept = { servers: 100, toEach: 32, unusedMs: 4_000, ageMs: 60_000 }

export interface KeptConnections {
  http: Agent
  https: SecureAgent
}

/**
 * Connections to other servers that stay open between requests, so that not every request pays for a new connection and
 * a TLS handshake. None becomes old, so a name that leads to another address is followed soon.
 */
export function keptConnections({ ageMs = kept.ageMs } = {}): KeptConnections {
  const options: AgentOptions = { keepAlive: true, maxFreeSockets: kept.toEach, timeout: kept.unusedMs }
  return { http: bounded(new Agent(options), ageMs), https: bounded(new SecureAgent(options), ageMs) }
}

/** Node asks `keepSocketAlive` whenever an answer has ended, and closes the connection if it says no. */
function bounded<A extends Agent>(agent: A, ageMs: number): A {
  const usedSince = new WeakMap<Duplex, number>()
  // It returns a boolean; its type does not say so.
  const mayStay = agent.keepSocketAlive.bind(agent) as (socket: Duplex) => boolean
  agent.keepSocketAlive = (socket: Duplex): boolean => {
    const since = usedSince.get(socket) ?? performance.now()
    usedSince.set(socket, since)
    const isYoung = performance.now() - since < ageMs
    return isYoung && Object.keys(agent.freeSockets).length < kept.servers && mayStay(socket)
  }
  return agent
}
