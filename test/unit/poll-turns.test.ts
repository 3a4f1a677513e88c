import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createIntake } from '../../server/faces/socket/intake.ts'
import type { ClientConnection } from '../../server/faces/socket/connections.ts'
import { createPollTurns } from '../../server/faces/socket/poll-turns.ts'
import { createSharedPayloads } from '../../server/faces/socket/shared-payloads.ts'
import { eventually } from '../support/eventually.ts'

describe('requests of polling sessions', () => {
  const mebibyte = 1024 * 1024
  const scene = () => {
    const turns = createPollTurns({ intake: createIntake(), owe: () => {} })
    let pings = 0
    const session = (personId: number) => {
      const line = Object.assign(new EventEmitter(), {
        readyState: 'open',
        writeBuffer: [],
        transport: { name: 'polling', parser: {} },
        pingTimeoutTimer: { refresh: () => pings++ },
        close: () => {
          line.readyState = 'closed'
          line.emit('close')
        },
      })
      let answered = 0
      let refused = 0
      const ask = (method: string) => {
        const req = Object.assign(new EventEmitter(), { method, destroy: () => {} })
        const res = Object.assign(new EventEmitter(), {
          destroyed: false,
          writableEnded: false,
          writableFinished: false,
          socket: { writableLength: 0 },
          end: () => {},
          destroy: () => {},
        })
        turns.wait(
          line as unknown as ClientConnection,
          req as unknown as IncomingMessage,
          res as unknown as ServerResponse,
          () => void answered++,
          () => void refused++,
        )
        return {
          /** The request is answered with this many bytes, of which none is taken. */
          leave: (bytes: number) => Object.assign(res, { writableEnded: true, socket: { writableLength: bytes } }),
          take: () => {
            Object.assign(res, { writableFinished: true })
            res.emit('close')
          },
          giveUp: () => res.emit('close'),
        }
      }
      ask('POST')
      turns.belongsTo(line as unknown as ClientConnection, personId)
      return { line, ask, answered: () => answered - 1, refused: () => refused }
    }
    return { session, pings: () => pings }
  }

  it('[TU11] wait while their person has not taken 8 MiB of other answers, and do not end for that', async () => {
    const { session, pings } = scene()
    const unread = Array.from({ length: 9 }, () => session(1))
    const answers = unread.map(({ ask }) => ask('GET'))
    await eventually(() =>
      assert.deepEqual(
        unread.map(({ answered }) => answered()),
        Array(9).fill(1),
      ),
    )
    for (const { leave } of answers) leave(mebibyte)
    const [next, other] = [session(1), session(2)]
    next.ask('GET')
    other.ask('GET')
    await eventually(() => assert.equal(other.answered(), 1))
    await eventually(() => assert.ok(pings() > 1))
    assert.equal(next.answered(), 0)
    answers[0]!.take()
    await eventually(() => assert.equal(next.answered(), 1))
  })

  it('[TU11] may send while the last answer has not been taken, and get the next answer after that', async () => {
    const { ask, answered, line } = scene().session(1)
    const answer = ask('GET')
    await eventually(() => assert.equal(answered(), 1))
    answer.leave(100_000)
    ask('GET')
    ask('POST')
    await eventually(() => assert.equal(answered(), 2))
    answer.take()
    await eventually(() => assert.equal(answered(), 3))
    assert.equal(line.readyState, 'open')
  })

  it('[TU11] end with an answer that was given up', async () => {
    const { ask, answered, line } = scene().session(1)
    const answer = ask('GET')
    await eventually(() => assert.equal(answered(), 1))
    answer.leave(100_000).emit('close')
    assert.equal(line.readyState, 'closed')
  })

  it('[TU11] share one encoding of equal messages', () => {
    const payloads = createSharedPayloads()
    let encoded = 0
    const sent: unknown[] = []
    const data = 'x'.repeat(mebibyte)
    for (let nth = 0; nth < 40; nth++) {
      const parser = {
        encodePayload: (packets: { data: string }[], done: (text: string) => void) => {
          encoded++
          done(packets.map(packet => `4${packet.data}`).join('\u001e'))
        },
      }
      const transport = { name: 'polling', parser }
      payloads.encodeFor({ transport } as unknown as ClientConnection)
      const res = { end: (chunk: unknown) => void sent.push(chunk) } as unknown as ServerResponse
      payloads.sendBy(res)
      transport.parser.encodePayload(
        [
          { type: 'message', data },
          { type: 'message', data: 'y' },
        ] as never,
        text => res.end(text),
      )
    }
    assert.equal(encoded, 1)
    assert.ok(Buffer.isBuffer(sent[0]))
    assert.equal(String(sent[0]), `4${data}\u001e4y`)
    assert.equal(new Set(sent).size, 1)
  })

  it('[TU11] encode different and short messages each', () => {
    const payloads = createSharedPayloads()
    const got: string[] = []
    const parser = {
      encodePayload: (packets: { data: string }[], done: (text: string) => void) => done(packets[0]!.data),
    }
    const transport = { name: 'polling', parser }
    payloads.encodeFor({ transport } as unknown as ClientConnection)
    const texts = ['x'.repeat(100_000), 'y'.repeat(100_000), 'short', 'x'.repeat(100_001)]
    for (const data of texts)
      transport.parser.encodePayload([{ type: 'message', data }] as never, text => void got.push(text))
    assert.deepEqual(got, texts)
  })
})
