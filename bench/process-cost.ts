import { readdirSync, readFileSync } from 'node:fs'

/** The kernel counts processor time in ticks of 10 ms: exact enough for seconds, not for single requests. */
const tickUs = 10_000

const fieldsOf = (pid: number | string) => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in parentheses, may contain spaces.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Processor time of a process so far, user and system, in microseconds; NaN where there is no /proc. */
export function cpuUs(pid: number): number {
  try {
    const fields = fieldsOf(pid)
    return (Number(fields[11]) + Number(fields[12])) * tickUs
  } catch {
    return Number.NaN
  }
}

/** The same for a process with its children, including those that have ended: for PostgreSQL with all its backends. */
export function cpuWithChildrenUs(pid: number): number {
  const fields = fieldsOf(pid)
  const reaped = (Number(fields[13]) + Number(fields[14])) * tickUs
  return [pid, ...childrenOf(pid)].reduce((sum, one) => sum + (cpuUs(one) || 0), reaped)
}

export function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return all.filter(one => parentOf(one) === pid).map(Number)
}

function parentOf(pid: string): number {
  try {
    return Number(fieldsOf(pid)[1])
  } catch {
    return Number.NaN
  }
}

/** Resident memory in MB, and the part that belongs to the process alone (without mapped files), also in KiB. */
export function memoryOf(pid: number): { rss_mb: number; own_mb: number; own_kib: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1])
  return { rss_mb: Math.round(kib('VmRSS') / 1024), own_mb: Math.round(kib('RssAnon') / 1024), own_kib: kib('RssAnon') }
}
