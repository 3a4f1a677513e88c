import { WebSocket } from 'ws'
import { type Attack, type Attacker, type Target } from './target.ts'

/** A signed-in Engine.IO line by hand, which comes back when it is closed. */
async function holdSocket(target: Target, use: (ws: WebSocket) => () => void): Promise<Attack> {
  let stopped = false
  let current: WebSocket | undefined
  const open = () =>
    new Promise<void>(resolve => {
      const ws = new WebSocket(`${target.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
      current = ws
      let end = () => {}
      ws.on('message', data => {
        const text = String(data)
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
  return { stop: async () => void (await Promise.all(all.map(one => one.stop()))) }
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
  holdSocket(target, ws => {
    let id = 0
    return every(10, () => {
      for (let nth = 0; nth < 10; nth++) ws.send(`42${id++}["join_room",{"room":"project_999999"}]`)
    })
  })

/** One socket joins and leaves a room 120 times a second each. */
export const comings: Attacker = target =>
  holdSocket(target, ws => {
    let inside = false
    return every(4, () => {
      inside = !inside
      ws.send(inside ? '42["join_room",{"room":"tasks"}]' : '42["leave_room",{"room":"tasks"}]')
    })
  })

/** Twenty sockets of one person say 700 times a second what they do. */
export const states: Attacker = target =>
  several(20, () =>
    holdSocket(target, ws => {
      ws.send('42["join_room",{"room":"tasks"}]')
      let at = 0
      return every(28, () => ws.send(`42["presence_set",{"room":"tasks","state":{"at":${at++}}}]`))
    }),
  )

/** Ten sockets of one person resume from the beginning of the log, over and over. */
export const resumes: Attacker = target =>
  several(10, () =>
    holdSocket(target, ws => {
      let id = 0
      return every(20, () => {
        ws.send(`42${id++}["leave_room",{"room":"tasks"}]`)
        ws.send(`42${id++}["join_room",{"room":"tasks","since":0}]`)
      })
    }),
  )
