// The flags with which a server starts Node. As a program it prints them, for those who start Node themselves.
import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * NODE_OPTIONS does not take these flags; docs/decisions/0025 says what they bring.
 *
 * @param {number} [cores] that the process may use
 * @returns {string[]}
 */
export const nodeFlags = (cores = availableParallelism()) => [
  '--min-semi-space-size=8',
  ...(cores <= 2 ? ['--single-threaded-gc'] : []),
]

const isProgram = argv[1] !== undefined && realpathSync(argv[1]) === fileURLToPath(import.meta.url)
if (isProgram) console.log(nodeFlags().join(' '))
