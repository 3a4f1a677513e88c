import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** How much less of a core they get than the thread that serves: a tenth each, where all want it. */
const behind = 10
const least = 19

/**
 * On few cores the threads in which V8 marks old objects took most of a core from the thread that serves, and events
 * were late (decision 0025). On Linux, where each thread has a niceness, they get what the serving one leaves.
 */
export function preferServing(): void {
  if (process.platform !== 'linux') return
  const niceness = Math.min(getPriority() + behind, least)
  for (const thread of readdirSync('/proc/self/task')) {
    try {
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'V8Worker')
        setPriority(Number(thread), niceness)
    } catch {
      // It has ended, or nobody may change it here: it is as before.
    }
  }
}
