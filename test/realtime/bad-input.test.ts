import assert from 'node:assert/strict'
import { type CommandName, commands } from '../../contract/index.ts'
import { eventually } from '../support/eventually.ts'
import { type Client, expect, startServer, type TestServer } from '../support/server.ts'
import { addTask, isAPIError, refusesAck } from '../suites/answers.ts'
import { fingerprint } from '../suites/event-log.ts'
import { rawSocket } from '../suites/raw-socket.ts'
import { fieldsOf, nested, oddities, requiredIn, sampleOf } from '../suites/samples.ts'
import { join, listen } from '../suites/sockets.ts'

describe('bad input over a socket', () => {
  let server: TestServer
  let ann: Client
  let untouched: string
  before(async () => {
    server = await startServer({ env: { MAX_SOCKETS_PER_USER: '500' } })
    ann = await server.user('ann')
    await addTask(ann)
    untouched = await fingerprint(server)
  })
  after(() => server.close())
  afterEach(async () => void (await expect(server.rest('GET', '/health/live'), 200)))

  for (const name of Object.keys(commands) as CommandName[]) {
    const { input } = commands[name]
    const sample = () => sampleOf(input) as Record<string, unknown>
    const raw = async (json: string) => {
      const socket = await rawSocket(server.url, ann.token)
      try {
        return await socket.call(`["${name}",${json}]`)
      } finally {
        socket.close()
      }
    }

    describe(`${name}`, () => {
      it('[BI1] refuses unknown fields by name', async () => {
        const { socket } = await listen(ann)
        for (const stray of ['nothing', 'user_id', 'constructor', 'toString'])
          refusesAck(await socket.emitWithAck(name, { ...sample(), [stray]: 1 }), 'validation_error', [stray])
        const text = JSON.stringify({ ...sample(), '@': 1 }).replace('@', '__proto__')
        refusesAck(await raw(text), 'validation_error', ['__proto__'])
      })

      for (const [field, schema] of Object.entries(fieldsOf(input))) {
        it(`[BI1] refuses an impossible ${field} by name`, async () => {
          const { socket } = await listen(ann)
          for (const [what, value] of Object.entries(oddities)) {
            if (schema.safeParse(value).success) continue
            const ack = await socket.emitWithAck(name, { ...sample(), [field]: value })
            const named = Object.keys(refusesAck(ack, 'validation_error').field_errors!)
            assert.ok(named.length > 0 && named.every(one => one.split('.')[0] === field), `${what}: ${named}`)
          }
        })
      }

      it('[BI5] refuses input that is not an object, missing fields, and more than one argument', async () => {
        const { socket } = await listen(ann)
        for (const bad of [null, 5, 'text', [], [{}], true])
          refusesAck(await socket.emitWithAck(name, bad), 'validation_error', ['input'])
        if (requiredIn(input).length > 0)
          refusesAck(await socket.emitWithAck(name), 'validation_error', requiredIn(input))
        refusesAck(await socket.emitWithAck(name, sample(), sample()), 'validation_error', [name])
        refusesAck(await socket.emitWithAck(name, sample(), 'not a function'), 'validation_error', [name])
      })

      it('[BI5] refuses input that is nested too deeply (attack 54)', async () => {
        const { socket } = await listen(ann)
        refusesAck(await socket.emitWithAck(name, { ...sample(), deep: nested(32) }), 'validation_error', ['deep'])
        const brackets = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
        refusesAck(await raw(`{"deep":${brackets}}`), 'validation_error', ['deep'])
      })

      it('[BI5] refuses binary input', async () => {
        const { socket } = await listen(ann)
        const answers = [Buffer.from('junk'), { ...sample(), junk: Buffer.alloc(1_000) }]
        for (const bad of answers) refusesAck(await socket.emitWithAck(name, bad), 'validation_error')
      })

      it('[BI6] changes nothing with any of these calls', async () =>
        assert.equal(await fingerprint(server), untouched))
    })
  }

  it('[BI5] refuses a state with nested or binary values', async () => {
    const { socket } = await listen(ann)
    await join(socket, ['tasks'])
    for (const state of [{ a: nested(40) }, { a: Buffer.alloc(10) }])
      refusesAck(await socket.emitWithAck('presence_set', { room: 'tasks', state }), 'validation_error', ['state'])
  })

  it('[BI1] checks values that REST takes from headers in the same way', async () => {
    const { socket } = await listen(ann)
    for (const field of ['mutation_id', 'idempotency_key'])
      for (const bad of ['', 'x'.repeat(256), 'a\u0000', 'ü', 'a\nb']) {
        const ack = await socket.emitWithAck('task_update', { task_id: 1, updates: {}, [field]: bad })
        refusesAck(ack, 'validation_error', [field])
      }
  })

  it('[BI11] sends an error event that names the call when there is no acknowledgement', async () => {
    const { socket, of } = await listen(ann)
    socket.emit('join_room', { room: 'nonsense' })
    socket.emit('task_update', { task_id: 999_999, updates: { title: 'x' } })
    await eventually(() => assert.equal(of('error').length, 2))
    for (const { event, ...body } of of('error')) {
      assert.ok(['join_room', 'task_update'].includes(event))
      isAPIError(body)
    }
  })

  for (const name of [
    'nothing',
    '',
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'error',
    'message',
    'task_created',
    'x'.repeat(10_000),
  ])
    it(`[BI11] refuses an unknown event "${name.slice(0, 20)}"`, async () => {
      const { socket } = await listen(ann)
      refusesAck(await socket.emitWithAck(name, {}), 'validation_error', ['event'])
    })

  for (const json of ['[5,{}]', '[1e3]'])
    it(`[BI11] refuses an event whose name is a number: ${json}`, async () => {
      const socket = await rawSocket(server.url, ann.token)
      refusesAck(await socket.call(json), 'validation_error', ['event'])
      socket.close()
    })

  /** Runs an attack and checks that other people's sockets still work. */
  const harmless = async (attack: (socket: Awaited<ReturnType<typeof rawSocket>>) => void, closes = true) => {
    const witness = await listen(ann)
    await join(witness.socket, ['tasks'])
    const attacker = await rawSocket(server.url, ann.token)
    attack(attacker)
    if (closes) await eventually(() => assert.equal(attacker.isClosed(), true))
    const { id } = await addTask(ann)
    await eventually(() => assert.ok(witness.of('task_created').some(({ task }) => task.id === id)))
    assert.equal(witness.socket.connected, true)
    attacker.close()
  }

  describe('violations of the protocol', () => {
    for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])
      it(`[BI12] closes only the socket that sends the reserved name ${name} (attack 51)`, async () => {
        await harmless(socket => socket.send(`42["${name}",{}]`))
      })

    for (const [what, packet] of [
      ['invalid JSON', '42["join_room",{]'],
      ['an empty array', '42[]'],
      ['an object', '42{"a":1}'],
      ['an event called null', '42[null]'],
      ['an unknown packet', '49["x"]'],
      ['a second handshake with a list', '40[1]'],
      ['too many attachments, which never come', '4599999-["join_room",{"_placeholder":true,"num":0}]'],
      ['a placeholder out of range', '451-["join_room",{"_placeholder":true,"num":7}]'],
      ['an unexpected acknowledgement', '431[]'],
      ['another namespace', '40/admin,{}'],
      ['an empty packet', '4'],
    ] as const)
      it(`[BI12] survives ${what} without harm`, async () => {
        await harmless(socket => {
          socket.send(packet)
          socket.send(Buffer.from([1, 2, 3, 255]))
        }, false)
      })

    it('[BI12] survives random bytes without harm', async () => {
      await harmless(socket => {
        for (let n = 0; n < 20; n++) socket.send(Buffer.alloc(1_000, n))
      }, false)
    })

    it('[BI13] closes only the socket that sends a message of more than a mebibyte (attack 53)', async () => {
      await harmless(socket => socket.send(`42["join_room",{"room":"${'x'.repeat(1024 * 1024)}"}]`))
    })

    it('[TU8] closes only the socket that sends a message of more than 20,000 values (attack 53)', async () => {
      await harmless(socket => socket.send(`42["join_room",{"rooms":[${'0,'.repeat(20_000)}0]}]`))
      const text = `${'",:[{'.repeat(8_000)}`
      const { socket: other } = await listen(ann)
      refusesAck(await other.emitWithAck('join_room', { room: text }), 'validation_error', ['room'])
    })

    it('[BI13] answers a hundred calls at once, and refuses more of them with rate_limited', async () => {
      const { socket } = await listen(ann)
      const { id } = await addTask(ann)
      const acks = await Promise.all(
        Array.from({ length: 300 }, () => socket.emitWithAck('task_update', { task_id: id, updates: {} })),
      )
      const refused = acks.filter(({ ok }) => !ok)
      assert.ok(refused.length < 250 && refused.every(({ error }) => error.code === 'rate_limited'))
      assert.equal((await socket.emitWithAck('task_update', { task_id: id, updates: {} })).ok, true)
    })
  })
})
