import { createInterface } from 'node:readline'
import type { Shutdown } from '../../process/shutdown.ts'

/**
 * How a person controls a running cluster: SIGINT and SIGTERM end it; SIGHUP, or `r` and Enter, restarts its instances.
 * A restart is ignored until there is a listener for it.
 */
export function handleControls(shutdown: Shutdown): { onRestart(listener: () => void): void } {
  let restart = () => {}
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shutdown.begin(0))
  process.on('SIGHUP', () => restart())

  const { stdin, stdout, stderr } = process
  const lines = createInterface({ input: stdin })
  lines.on('line', line => line.trim() === 'r' && restart())
  // Closing a terminal sends SIGHUP too, and then nobody is left to press Ctrl-C.
  lines.on('close', () => stdin.isTTY && shutdown.begin(0))
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined)

  return { onRestart: listener => void (restart = listener) }
}
