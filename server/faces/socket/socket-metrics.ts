import { commands } from '../../../contract/index.ts'
import { type Metrics, secondsBounds } from '../../ports/metrics.ts'

/** What happens at the realtime door, in numbers. */
export function measureSockets(metrics: Metrics) {
  const opened = metrics.counter({ name: 'taskwire_sockets_opened_total', help: 'Sockets that were let in' })
  const closed = metrics.counter({
    name: 'taskwire_sockets_closed_total',
    help: 'Sockets that ended, by the reason that Socket.IO gives',
    labels: ['reason'],
  })
  const restarted = metrics.counter({
    name: 'taskwire_sockets_restarted_total',
    help: 'Sockets that the server closed so that their clients connect again and resume',
  })
  const calls = metrics.histogram(
    {
      name: 'taskwire_socket_call_duration_seconds',
      help: 'Time from a call over a socket to its end, by its outcome: ok or the code of the error',
      labels: ['call', 'outcome'],
    },
    secondsBounds,
  )
  const replays = metrics.counter({
    name: 'taskwire_replays_total',
    help: 'Joins with a position, by what came of them: from the memory, from the log, or the client loads anew (lost)',
    labels: ['outcome'],
  })
  const replayed = metrics.counter({
    name: 'taskwire_replayed_events_total',
    help: 'Events sent to joins with a position',
  })
  for (const outcome of ['memory', 'log', 'lost']) replays.add({ outcome }, 0)

  return {
    opened: () => opened.add({}),
    closed: (reason: string) => closed.add({ reason }),
    restarted: () => restarted.add({}),
    called: (name: string, outcome: string, seconds: number) =>
      calls.observe({ call: Object.hasOwn(commands, name) ? name : 'unknown', outcome }, seconds),
    replayed: (outcome: 'memory' | 'log' | 'lost', events: number) => {
      replays.add({ outcome })
      replayed.add({}, events)
    },
  }
}

export type SocketMetrics = ReturnType<typeof measureSockets>
