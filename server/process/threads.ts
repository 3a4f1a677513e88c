import { readdirSync, readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** Steps of niceness: where all want one core, each of these threads gets a tenth of what the serving one gets. */
const steps = 10
const mostNice = 19

/**
 * Lets the thread that serves go before the threads in which V8 marks old objects and compiles. On few cores these took
 * most of a core from it, and events were late (decision 0025). Only on Linux has each thread a niceness of its own.
 */
export function preferServing(): void {
  if (process.platform !== 'linux') return
  try {
    const niceness = Math.min(getPriority() + steps, mostNice)
    for (const thread of readdirSync('/proc/self/task'))
      if (readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === 'V8Worker')
        setPriority(Number(thread), niceness)
  } catch {
    // Without /proc, or without the right to change it, they stay as they are.
  }
}
