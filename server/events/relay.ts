import { noPeers, type Peers } from '../ports/peers.ts'
import type { LogEvent } from './event.ts'
import type { Sequenced } from './log.ts'
import type { Reader } from './reader.ts'

/** A batch that is larger as JSON is not sent along: the others read it from the log. */
const mostCharacters = 256 * 1024

type Passed = { epoch: string; last: number; events: string | null }

/** What the instances tell each other of the log: that there is something to sequence, and what has been. */
export function createRelay({ peers, reader, wake }: { peers: Peers; reader: Reader; wake: () => void }) {
  let waking = false

  peers.on('wake', wake)
  peers.on('log', ({ epoch, last, events }: Passed) => {
    if (events === null) reader.hint(epoch, last)
    else reader.feed({ epoch, events: JSON.parse(events) as LogEvent[] })
  })

  return {
    /** Tells whoever sequences; of many in one turn of the event loop it is one message. */
    wake: () => {
      if (waking) return
      waking = true
      setImmediate(() => {
        waking = false
        peers.send('wake', null)
      })
    },
    /** After the instance has fed itself: what another one does must not delay that. */
    pass: ({ epoch, last, events }: Sequenced) => {
      // Nobody would read it, and it is as long as all that happens.
      if (peers === noPeers) return
      const text = events && JSON.stringify(events)
      const passed: Passed = { epoch, last, events: text && text.length <= mostCharacters ? text : null }
      peers.send('log', passed)
    },
  }
}
