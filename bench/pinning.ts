import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/**
 * The measured server has core 0 for itself; PostgreSQL and the load generator share core 1. Otherwise the three would
 * move between cores, and the figures would measure the scheduler more than the server.
 */
const possible = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

export const isPinned = possible

/**
 * Moves this process, with all its threads and future child processes, to the core of PostgreSQL and the load
 * generator.
 */
export function pinToLoadCore(): void {
  if (possible) spawnSync('taskset', ['-acp', '1', String(process.pid)])
}

/** A command line that runs on the core of the measured server. */
export const onServerCore = (command: string, args: string[]): [string, string[]] =>
  possible ? ['taskset', ['-c', '0', command, ...args]] : [command, args]

/** A command line that may use the whole machine, as when people start it. */
export const onAllCores = (command: string, args: string[]): [string, string[]] =>
  possible ? ['taskset', ['-c', '0,1', command, ...args]] : [command, args]
