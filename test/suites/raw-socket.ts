import { WebSocket } from 'ws'
import { eventually } from '../support/eventually.ts'

/**
 * A WebSocket that speaks Engine.IO by hand, as no well-behaved client would. It connects with the token; without a
 * token it stays a connection without a CONNECT.
 */
export async function rawSocket(url: string, token?: string) {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  const got: string[] = []
  let closed = false
  ws.on('message', data => {
    const text = String(data)
    if (text === '2') ws.send('3')
    else got.push(text)
  })
  ws.on('error', () => {})
  ws.on('close', () => (closed = true))
  const until = (prefix: string, within = 10_000) =>
    eventually(
      () => {
        const found = got.find(text => text.startsWith(prefix))
        if (found === undefined) throw new Error(`no "${prefix}" in ${JSON.stringify(got).slice(0, 500)}`)
        return found
      },
      { within },
    )
  await until('0')
  if (token !== undefined) {
    ws.send(`40${JSON.stringify({ token })}`)
    await until('40')
  }
  let acks = 0
  return {
    got,
    send: (data: string | Buffer) => ws.send(data),
    /** Sends an event whose JSON is written by hand, and returns its acknowledgement. */
    call: async (json: string) => {
      const id = ++acks
      ws.send(`42${id}${json}`)
      const answer = await until(`43${id}[`)
      return JSON.parse(answer.slice(`43${id}`.length))[0]
    },
    until,
    /** The payloads of an event. */
    heard: (name: string): any[] =>
      got.filter(text => text.startsWith(`42["${name}"`)).map(text => JSON.parse(text.slice(2))[1]),
    ping: () => ws.ping(),
    /** Stops reading from here on. */
    pause: () => ws.pause(),
    resume: () => ws.resume(),
    isClosed: () => closed,
    close: () => ws.terminate(),
  }
}
