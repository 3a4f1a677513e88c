import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { io } from 'socket.io-client'
import { eventually } from '../support/eventually.ts'
import { needRedis } from '../support/redis.ts'
import { isRunning, postgresPid } from '../support/server-process.ts'
import { type ClusterProcess, startClusterProcess } from './cluster-process.ts'

describe('npm run cluster', function () {
  this.timeout(120_000)
  needRedis()

  const within = 60_000
  let dataDir: string
  let cluster: ClusterProcess
  let address: string
  let token: string
  let processes: number[] = []

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'taskwire-cluster-'))
    cluster = startClusterProcess(dataDir)
    address = (await cluster.ready()).address
    processes = await allProcesses()
  })
  after(async () => {
    cluster?.signal('SIGKILL')
    await cluster?.ended
    await eventually(() => assert.deepEqual(processes.filter(isRunning), []), { within })
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  })
  const allProcesses = async () => [...cluster.pids(), cluster.redisPid(), await postgresPid(dataDir)]

  const call = async (method: string, at: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${address}/api/v1${at}`, { method, headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as any }
  }

  it('[OP8] starts two instances on one database, and prints the address and the first login', async () => {
    const { admin } = await cluster.ready()
    const [, email, password] = /^(\S+@\S+), password (\S+) /.exec(admin)!
    const { status, body } = await call('POST', '/auth/login', { email, password })
    assert.equal(status, 200)
    token = body.access_token
    assert.equal(cluster.pids().length, 2)
    const { components } = (await call('GET', '/health/detailed')).body
    assert.deepEqual([components.redis.status, components.redis.configured], ['healthy', true])
  })

  it('[OP8] delivers an event of one instance at the other one', async () => {
    const ports = [...cluster.output().matchAll(/^ +Instance \d +(http:\S+), pid/gm)].map(([, url]) => url!)
    const options = { auth: { token }, transports: ['websocket'], forceNew: true }
    const sockets = [address, ...ports].map(url => io(url, options))
    const heard = sockets.map(() => [] as string[])
    try {
      sockets.forEach((socket, nth) => socket.on('task_created', ({ task }) => heard[nth]!.push(task.title)))
      await Promise.all(sockets.map(socket => socket.emitWithAck('join_room', { room: 'tasks' })))
      await call('POST', '/tasks', { title: 'for all' })
      await eventually(() => assert.deepEqual(heard, [['for all'], ['for all'], ['for all']]))
    } finally {
      for (const socket of sockets) socket.disconnect()
    }
  })

  it('[OP9] starts a dead instance again, and readers notice nothing', async () => {
    const [victim, other] = cluster.pids()
    process.kill(victim!, 'SIGKILL')
    await eventually(
      async () => {
        assert.equal((await call('GET', '/tasks')).status, 200)
        assert.notEqual(cluster.pids()[0], victim)
      },
      { within },
    )
    assert.equal(cluster.pids()[1], other)
    assert.match(cluster.output(), /^Instance 1 has ended \(SIGKILL\); the next one starts in 250 ms$/m)
  })

  it('[OP9] starts a dead Redis again, at the same address', async () => {
    process.kill(cluster.redisPid(), 'SIGKILL')
    await eventually(() => assert.match(cluster.output(), /^Redis is back/m), { within })
    await eventually(
      async () => {
        for (const nth of [1, 2]) {
          const { components } = (await call('GET', '/health/detailed')).body
          assert.equal(components.redis.status, 'healthy', `instance ${nth}`)
        }
      },
      { within },
    )
  })

  it('[OP10] restarts one instance after the other on `r`, and no request fails', async () => {
    const before = cluster.pids()
    let rolling = true
    const statuses = new Set<number | string>()
    const writer = async () => {
      while (rolling) {
        const answer = await call('POST', '/tasks', { title: 'meanwhile' }).catch(error => ({ status: String(error) }))
        statuses.add(answer.status)
      }
    }
    const writers = [writer(), writer()]
    cluster.type('r\n')
    try {
      await eventually(() => assert.match(cluster.output(), /^All have been restarted$/m), { within })
    } finally {
      rolling = false
      await Promise.all(writers)
    }
    assert.deepEqual([...statuses], [201])
    assert.equal(cluster.pids().filter(pid => before.includes(pid)).length, 0)
    assert.equal(cluster.output().match(/has drained \(code 0\)/g)?.length, 2)
  })

  it('[OP11] ends everything on SIGTERM with code 0, and leaves nothing', async () => {
    processes = await allProcesses()
    cluster.signal('SIGTERM')
    assert.equal(await cluster.ended, 0)
    assert.deepEqual(processes.filter(isRunning), [])
  })

  it('[OP11] leaves no process behind when it is killed, and the next start has the same data', async () => {
    cluster = startClusterProcess(dataDir)
    const { address: next, admin } = await cluster.ready()
    assert.match(admin, /^\S+@\S+$/)
    address = next
    const { results } = (await call('GET', '/tasks?search=%22for+all%22')).body
    assert.deepEqual(
      results.map((task: { title: string }) => task.title),
      ['for all'],
    )
    processes = await allProcesses()
    assert.equal(processes.filter(isRunning).length, 4)
    cluster.signal('SIGKILL')
    await eventually(() => assert.deepEqual(processes.filter(isRunning), []), { within })
  })
  it('[OP11] reports why a start failed, and leaves nothing either', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    cluster = startClusterProcess(dataDir, '--port', String(port))
    assert.equal(await cluster.ended, 1)
    taken.close()
    assert.ok(cluster.output().includes(`Port ${port} on 127.0.0.1 is taken`), cluster.output())
    await assert.rejects(postgresPid(dataDir), { code: 'ENOENT' })
  })
})
