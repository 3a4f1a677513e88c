import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { User } from '../../contract/index.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { eventually } from '../support/eventually.ts'
import { counting, heldStep, makeEffectsTable, makePerson, openJobs, type TestJobs } from '../support/jobs.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const program = fileURLToPath(new URL('./job-instance.ts', import.meta.url))
const items = 20

describe('a worker that is killed in the middle of a job', function () {
  this.timeout(120_000)
  let database: TestDatabase
  let here: TestJobs
  let holder: Connection
  let person: User
  const running: ChildProcess[] = []

  beforeEach(async () => {
    database = await testDatabase()
    here = await openJobs(database.url)
    await makeEffectsTable(database)
    person = await makePerson(here, 'somebody')
    holder = await openConnection(database.url)
    await holder.query(`select pg_advisory_lock(${heldStep})`)
  })
  afterEach(async () => {
    for (const child of running.splice(0)) if (child.exitCode === null && child.signalCode === null) await kill(child)
    await here.close()
    await database.drop()
  })

  const instance = async () => {
    const child = spawn(process.execPath, [program, database.url], { stdio: ['ignore', 'pipe', 'inherit'] })
    running.push(child)
    await once(child.stdout!, 'data')
    return child
  }
  const kill = async (child: ChildProcess) => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const enqueue = async () => (await here.enqueue(person, { type: counting.type, input: { items, hold: 7 } })).id
  /** Waits until the job has done the work of the step at which it stops, without a commit. */
  const isHeld = () =>
    eventually(async () => {
      const waiting = await here.query(
        `select from pg_locks where locktype = 'advisory' and not granted and objid = ${heldStep}`,
      )
      assert.equal(waiting.length, 1)
    })
  const finishes = (id: number) =>
    eventually(async () => assert.equal((await here.find(id)).status, 'completed'), { within: 20_000 })
  const eachOnce = async () => {
    const rows = await here.query<{ item: number }>('select item from effects order by item')
    assert.deepEqual(
      rows.map(({ item }) => item),
      Array.from({ length: items }, (_, nth) => nth),
    )
  }

  it('[JB11] leaves the job to the next start, and each item is done once', async () => {
    const first = await instance()
    const id = await enqueue()
    await isHeld()
    await kill(first)
    assert.equal((await here.find(id)).processed_items, 7)
    await holder.query(`select pg_advisory_unlock(${heldStep})`)
    await instance()
    await finishes(id)
    await eachOnce()
  })

  it('[JB11] leaves it to another instance, within seconds and not hours', async () => {
    const first = await instance()
    const id = await enqueue()
    await isHeld()
    const second = await instance()
    await kill(first)
    await holder.query(`select pg_advisory_unlock(${heldStep})`)
    await finishes(id)
    await eachOnce()
    assert.equal(second.exitCode, null)
  })

  it('[JB6] continues elsewhere when its instance is asked to stop', async () => {
    const first = await instance()
    const id = await enqueue()
    await isHeld()
    const ended = once(first, 'exit')
    first.kill('SIGTERM')
    await holder.query(`select pg_advisory_unlock(${heldStep})`)
    await ended
    assert.equal(first.exitCode, 0)
    await instance()
    await finishes(id)
    await eachOnce()
  })
})
