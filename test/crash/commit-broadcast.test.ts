import assert from 'node:assert/strict'
import { io, type Socket } from 'socket.io-client'
import { openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { recordEvents } from '../support/recorder.ts'
import { admin, useServerProcesses } from '../support/use-server-processes.ts'

describe('a server that is killed between commit and broadcast', function () {
  this.timeout(120_000)
  const processes = useServerProcesses()
  const { start } = processes

  const post = async (url: string, path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as any }
  }
  const connect = async (url: string, token: string): Promise<Socket> => {
    const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false })
    await new Promise((resolve, reject) => socket.on('connect', () => resolve(null)).on('connect_error', reject))
    return socket
  }

  it('[EV3] loses nothing: the event of the acknowledged change arrives after the restart', async () => {
    const first = await start()
    const { body } = await post(first.url, '/auth/login', admin)
    const socket = await connect(first.url, body.access_token)
    const seen = recordEvents(socket)
    const { offset, epoch } = await socket.emitWithAck('join_room', { room: 'tasks' })
    // Nothing gets an offset while this lock is held, so the change is committed and its event cannot have been sent.
    const holder = await openConnection(processes.database.url)
    await holder.query('begin; select from log_head for update')

    const { status, body: task } = await post(first.url, '/tasks', { title: 'survives' }, body.access_token)
    first.server.signal('SIGKILL')
    await first.server.ended
    await holder.end()
    assert.equal(status, 201)
    assert.deepEqual(seen, [])

    const second = await start()
    const resumed = await connect(second.url, body.access_token)
    const seenLater = recordEvents(resumed)
    const joined = await resumed.emitWithAck('join_room', { room: 'tasks', since: offset, epoch })
    await eventually(() =>
      assert.deepEqual(
        seenLater.map(({ payload }) => payload.task),
        [task],
      ),
    )
    assert.equal(joined.recovered, true)
    resumed.disconnect()
    socket.disconnect()
  })
})
