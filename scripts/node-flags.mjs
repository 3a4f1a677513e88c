// The flags with which a server starts Node. As a program it prints them, for those who start Node themselves.
import { realpathSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * V8 would begin with a much smaller space for young objects and collect it more often: that cost a request a tenth more
 * processor time (bench/rest). NODE_OPTIONS does not take this flag.
 *
 * @returns {string[]}
 */
export const nodeFlags = () => ['--min-semi-space-size=8']

const isProgram = argv[1] !== undefined && realpathSync(argv[1]) === fileURLToPath(import.meta.url)
if (isProgram) console.log(nodeFlags().join(' '))
