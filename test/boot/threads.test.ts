import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { useServerProcesses } from '../support/use-server-processes.ts'

describe('the threads of a server', function () {
  this.timeout(120_000)
  const servers = useServerProcesses()

  /** The niceness of each thread with this name: the 17th field after the name, which is in brackets (proc(5)). */
  const nicenessOf = (pid: number, name: string) =>
    readdirSync(`/proc/${pid}/task`)
      .map(thread => readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8'))
      .filter(stat => stat.includes(`(${name})`))
      .map(stat => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]))

  it('[BT13] give way to the one that serves', async function () {
    // Elsewhere threads have no niceness of their own.
    if (process.platform !== 'linux') this.skip()
    const { server } = await servers.start()
    const [serving] = nicenessOf(server.pid, 'MainThread')
    const others = nicenessOf(server.pid, 'V8Worker')
    assert.ok(
      others.length > 0 && others.every(niceness => niceness === Math.min(serving! + 10, 19)),
      JSON.stringify([serving, others]),
    )
  })
})
