import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartError } from '../kernel/start-error.ts'

type Listen = (port: number, host: string) => Promise<{ port: number }>

export interface ListenOptions {
  port: number
  host: string
  /** PORT was set; then no other port is used. */
  portGiven: boolean
}

const NEXT_PORTS = 50

/** Listens on this port, or with 0 on one that the kernel chooses; returns the port. */
export async function listen(server: Server, port: number, host: string): Promise<{ port: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  server.off('error', reject)
  return { port: (server.address() as AddressInfo).port }
}

/** The URL at which this process reaches its own server; null while that does not listen. */
export function addressOf(server: Server): string | null {
  const found = server.address()
  if (found === null || typeof found === 'string') return null
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[found.address] ?? found.address
  return `http://${host.includes(':') ? `[${host}]` : host}:${found.port}`
}

/** Listens on the port, or on the next free one when the port was not set; returns the port. */
export async function listenOnFreePort(listenOn: Listen, { port, host, portGiven }: ListenOptions): Promise<number> {
  const last = portGiven ? port : Math.min(port + NEXT_PORTS, 65535)
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return (await listenOn(candidate, host)).port
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      if (code !== 'EADDRINUSE') throw new StartError(`Cannot listen on ${host}:${candidate}: ${message}`)
    }
  }
  throw new StartError(
    portGiven
      ? `Port ${port} on ${host} is taken by another program. Stop that one, or set PORT to a free port.`
      : `All ports from ${port} to ${last} on ${host} are taken. Set PORT to a free one.`,
  )
}
