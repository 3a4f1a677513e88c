import { StartError } from './kernel/start-error.ts'

type Listen = (port: number, host: string) => Promise<{ port: number }>

export interface ListenOptions {
  port: number
  host: string
  /** Somebody asked for this very port: then no other will do. */
  portGiven: boolean
}

const NEXT_PORTS = 50

/** Listens on the port, or on the next free one where nobody chose it; returns the one it became. */
export async function listenOnFreePort(listen: Listen, { port, host, portGiven }: ListenOptions): Promise<number> {
  const last = portGiven ? port : Math.min(port + NEXT_PORTS, 65535)
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return (await listen(candidate, host)).port
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
