import { WebSocket } from 'ws'
import { createEnding, type OpenConnection, Refused } from './connection.ts'

/**
 * A client without any library of Socket.IO's: Engine.IO and Socket.IO by hand, as somebody would write it in another
 * language. It gives up a connection that is silent for longer than the server promised to ping.
 */
export const openRawConnection: OpenConnection = async ({ url, auth, receive, withinMs = 5_000 }) => {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    handshakeTimeout: withinMs,
    perMessageDeflate: false,
  })
  const ending = createEnding()
  const welcome = Promise.withResolvers<void>()
  const answers = new Map<number, (answer: unknown) => void>()
  let asked = 0
  let patienceMs = withinMs
  let silence: NodeJS.Timeout | undefined

  const expectLife = () => {
    clearTimeout(silence)
    silence = setTimeout(() => ws.terminate(), patienceMs)
  }
  ws.on('error', () => {})
  ws.on('close', () => {
    clearTimeout(silence)
    ending.end()
  })
  ws.on('message', data => {
    const text = String(data)
    expectLife()
    if (text === '2') ws.send('3')
    else if (text[0] === '0') {
      const { pingInterval, pingTimeout } = JSON.parse(text.slice(1))
      patienceMs = pingInterval + pingTimeout
      expectLife()
      ws.send(`40${JSON.stringify(auth)}`)
    } else if (text.startsWith('40')) welcome.resolve()
    else if (text.startsWith('44'))
      welcome.reject(new Refused(JSON.parse(text.slice(2)).data?.error?.code ?? 'unknown'))
    else if (text.startsWith('42')) {
      const [name, payload] = JSON.parse(text.slice(2))
      if (name === 'error') ending.announce(payload)
      receive(name, payload)
    } else if (text.startsWith('43')) {
      const [, id, json] = /^43(\d+)(.*)$/s.exec(text)!
      answers.get(Number(id))?.(JSON.parse(json!)[0])
      answers.delete(Number(id))
    } else if (text === '41' || text === '1') ws.close()
  })

  try {
    await ending.within(welcome.promise, withinMs, 'the handshake')
  } catch (error) {
    ws.terminate()
    throw error
  }
  return {
    ended: ending.ended,
    get open() {
      return ending.open
    },
    call: (event, input, ms = 10_000) => {
      const answer = Promise.withResolvers<unknown>()
      answers.set(++asked, answer.resolve)
      ws.send(`42${asked}${JSON.stringify([event, input])}`)
      return ending.within(answer.promise, ms, event)
    },
    close: () => {
      ws.send('41')
      ws.close()
      setTimeout(() => ws.terminate(), 1_000).unref()
    },
    drop: () => ws.terminate(),
  }
}
