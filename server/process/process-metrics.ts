import { readdir } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Metrics } from '../ports/metrics.ts'

/** The interval at which the delay of the event loop is sampled. The monitor counts it as a part of each delay. */
const resolutionMs = 20
/** The delays of this long are summed up; what is older says nothing about now. */
const windowMs = 10_000

/**
 * Measures the process, under the names that exporters for Node usually have. The event loop's delay is that of the last
 * ten seconds, so it is the same for everybody who asks.
 */
export function measureProcess(metrics: Metrics): { close(): void } {
  const startedAt = Date.now() / 1000 - process.uptime()
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  const seconds = (ns: number) => Math.max(0, ns / 1e9 - resolutionMs / 1e3)
  const summary = () =>
    delay.count === 0
      ? null
      : { p50: seconds(delay.percentile(50)), p99: seconds(delay.percentile(99)), max: seconds(delay.max) }
  let last = summary()
  delay.enable()
  const timer = setInterval(() => {
    last = summary()
    delay.reset()
  }, windowMs)
  timer.unref()

  metrics.reading('counter', { name: 'process_cpu_seconds_total', help: 'CPU time of the process' }, () => {
    const { user, system } = process.cpuUsage()
    return [{ value: (user + system) / 1e6 }]
  })
  metrics.reading('gauge', { name: 'process_start_time_seconds', help: 'Start of the process, since 1970' }, () => [
    { value: startedAt },
  ])
  metrics.reading('gauge', { name: 'process_resident_memory_bytes', help: 'Memory of the process' }, () => [
    { value: process.memoryUsage.rss() },
  ])
  metrics.reading('gauge', { name: 'nodejs_memory_bytes', help: 'Memory of Node by its use', labels: ['use'] }, () => {
    const { heapTotal, heapUsed, external } = process.memoryUsage()
    const uses = { heap_total: heapTotal, heap_used: heapUsed, external }
    return Object.entries(uses).map(([use, value]) => ({ labels: { use }, value }))
  })
  metrics.reading('gauge', { name: 'process_open_fds', help: 'Open files and sockets; on Linux' }, async () => [
    { value: (await readdir('/proc/self/fd')).length },
  ])
  metrics.reading(
    'gauge',
    {
      name: 'nodejs_eventloop_delay_seconds',
      help: 'Delay of the event loop in the last ten seconds: the median, p99, and the longest',
      labels: ['of'],
    },
    () => Object.entries(last ?? summary() ?? {}).map(([of, value]) => ({ labels: { of }, value })),
  )

  return {
    close: () => {
      clearInterval(timer)
      delay.disable()
    },
  }
}
