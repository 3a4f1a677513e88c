import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/**
 * The measured server has core 0 to itself; PostgreSQL and what makes the load share core 1. Without that the three take
 * turns on whatever core is free, and the figures tell more of the scheduler than of the server.
 */
const possible = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

export const isPinned = possible

/** Moves this process, with all its threads and all it will start, to the core of PostgreSQL and the load. */
export function pinToLoadCore(): void {
  if (possible) spawnSync('taskset', ['-acp', '1', String(process.pid)])
}

/** A command line that runs on the core of the measured server. */
export const onServerCore = (command: string, args: string[]): [string, string[]] =>
  possible ? ['taskset', ['-c', '0', command, ...args]] : [command, args]

/** A command line that may use the whole machine, as it is started by people. */
export const onAllCores = (command: string, args: string[]): [string, string[]] =>
  possible ? ['taskset', ['-c', '0,1', command, ...args]] : [command, args]
