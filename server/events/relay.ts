import { noPeers, type Peers } from '../ports/peers.ts'
import type { LogEvent } from './event.ts'
import type { Sequenced } from './log.ts'
import type { Reader } from './reader.ts'

/** A batch whose JSON is larger is not sent along, so the other instances read it from the log. */
const mostCharacters = 256 * 1024

type Passed = { epoch: string; last: number; events: string | null }

/** The messages between instances about the log: that there is something to sequence, and what was sequenced. */
export function createRelay({ peers, reader, wake }: { peers: Peers; reader: Reader; wake: () => void }) {
  let waking = false

  peers.on('wake', wake)
  peers.on('log', ({ epoch, last, events }: Passed) => {
    if (events === null) reader.hint(epoch, last)
    else reader.feed({ epoch, events: JSON.parse(events) as LogEvent[] })
  })

  return {
    /** Wakes the sequencer; several calls in one turn of the event loop become one message. */
    wake: () => {
      if (waking) return
      waking = true
      setImmediate(() => {
        waking = false
        peers.send('wake', null)
      })
    },
    /** Called after the instance has fed its own reader, which must not be delayed by other instances. */
    pass: ({ epoch, last, events }: Sequenced) => {
      // Nobody would read the message, and encoding it costs as much as the events are long.
      if (peers === noPeers) return
      const text = events && !peers.sendsPositions ? JSON.stringify(events) : null
      const passed: Passed = { epoch, last, events: text && text.length <= mostCharacters ? text : null }
      peers.send('log', passed)
    },
  }
}
