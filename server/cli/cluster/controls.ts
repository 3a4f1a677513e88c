import { createInterface } from 'node:readline'
import type { Shutdown } from '../../process/shutdown.ts'

/**
 * What a person can tell a cluster that runs: SIGINT and SIGTERM end it, SIGHUP or `r` and Enter restart its instances.
 * Before anybody listens for that, it is ignored.
 */
export function handleControls(shutdown: Shutdown): { onRestart(listener: () => void): void } {
  let restart = () => {}
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shutdown.begin(0))
  process.on('SIGHUP', () => restart())

  const { stdin, stdout, stderr } = process
  const lines = createInterface({ input: stdin })
  lines.on('line', line => line.trim() === 'r' && restart())
  // A terminal that is closed sends SIGHUP too, and nobody is left then to press Ctrl-C.
  lines.on('close', () => stdin.isTTY && shutdown.begin(0))
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined)

  return { onRestart: listener => void (restart = listener) }
}
