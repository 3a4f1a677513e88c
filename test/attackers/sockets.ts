import { WebSocket } from 'ws'
import { type Attack, type Attacker, type Target } from './target.ts'

/** What a signed-in connection received, and whether a call was answered other than as one too many. */
const isEntry = (text: string) => text.startsWith('40')
const isAnswer = (text: string) => text.startsWith('43') && !text.includes('rate_limited')

/** A signed-in Engine.IO connection by hand, which opens again when it is closed. */
async function holdSocket(
  target: Target,
  use: (ws: WebSocket) => () => void,
  isAccepted: (text: string) => boolean = isEntry,
): Promise<Attack> {
  let stopped = false
  let accepted = 0
  let current: WebSocket | undefined
  const open = () =>
    new Promise<void>(resolve => {
      const ws = new WebSocket(`${target.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
      current = ws
      let end = () => {}
      ws.on('message', data => {
        const text = String(data)
        if (isAccepted(text)) accepted++
        if (text === '2') ws.send('3')
        else if (text.startsWith('0')) ws.send(`40${JSON.stringify({ token: target.token })}`)
        else if (text.startsWith('40')) {
          end = use(ws)
          resolve()
        }
      })
      ws.on('error', () => {})
      ws.on('close', () => {
        end()
        resolve()
        if (!stopped) setTimeout(() => void open(), 200)
      })
    })
  await open()
  return {
    accepted: () => accepted,
    stop: async () => {
      stopped = true
      current?.terminate()
    },
  }
}

const every = (ms: number, work: () => void) => {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}

const together = async (attacks: Promise<Attack>[]): Promise<Attack> => {
  const all = await Promise.all(attacks)
  return {
    accepted: () => all.reduce((sum, one) => sum + one.accepted(), 0),
    stop: async () => void (await Promise.all(all.map(one => one.stop()))),
  }
}

const several = (count: number, begin: () => Promise<Attack>) => together(Array.from({ length: count }, begin))

/** Four sockets send unknown events with long names and read none of the answers. */
export const unreadAnswers: Attacker = target =>
  several(4, () =>
    holdSocket(target, ws => {
      ws.pause()
      const name = 'x'.repeat(10_000)
      return every(5, () => {
        if (ws.bufferedAmount < 8 * 1024 * 1024) for (let nth = 0; nth < 20; nth++) ws.send(`42${nth}["${name}"]`)
      })
    }),
  )

/** One socket sends a thousand calls a second. */
export const calls: Attacker = target =>
  holdSocket(
    target,
    ws => {
      let id = 0
      return every(10, () => {
        for (let nth = 0; nth < 10; nth++) ws.send(`42${id++}["join_room",{"room":"project_999999"}]`)
      })
    },
    isAnswer,
  )

/** One socket joins and leaves a room 120 times a second each. */
export const comings: Attacker = target =>
  holdSocket(
    target,
    ws => {
      let id = 0
      return every(4, () => {
        const name = id % 2 === 0 ? 'join_room' : 'leave_room'
        ws.send(`42${id++}["${name}",{"room":"tasks"}]`)
      })
    },
    isAnswer,
  )

/** Twenty sockets of one person set their state 700 times a second. */
export const states: Attacker = target =>
  several(20, () =>
    holdSocket(
      target,
      ws => {
        ws.send('42["join_room",{"room":"tasks"}]')
        let at = 0
        return every(28, () => ws.send(`42${at}["presence_set",{"room":"tasks","state":{"at":${at++}}}]`))
      },
      isAnswer,
    ),
  )

/** Ten sockets of one person resume from the beginning of the log, over and over. */
export const resumes: Attacker = target =>
  several(10, () =>
    holdSocket(
      target,
      ws => {
        let id = 0
        return every(20, () => {
          ws.send(`42${id++}["leave_room",{"room":"tasks"}]`)
          ws.send(`42${id++}["join_room",{"room":"tasks","since":0}]`)
        })
      },
      isAnswer,
    ),
  )

/** Four sockets send pings and pongs of WebSocket as fast as they can, and read nothing. */
export const controlFrames: Attacker = target =>
  several(4, () =>
    holdSocket(target, ws => {
      ws.pause()
      return every(5, () => {
        if (ws.bufferedAmount > 1024 * 1024) return
        for (let nth = 0; nth < 500; nth++) {
          ws.pong()
          ws.ping('x'.repeat(100))
        }
      })
    }),
  )

const large = `42["nothing","${'x'.repeat(1_000_000)}"]`

/** Ten sockets of one person connect, send a megabyte, disconnect and connect again. */
export const largeComings: Attacker = target =>
  several(10, () =>
    holdSocket(target, ws => {
      ws.send(large)
      ws.send('41')
      return () => {}
    }),
  )
