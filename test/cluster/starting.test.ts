import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { password } from '../support/server.ts'
import { ask } from './account.ts'
import { useStage } from './use-stage.ts'

describe('two instances on an empty database', function () {
  this.timeout(120_000)
  const stage = useStage({ count: 2, ownPostgres: true, dark: true })

  it('[FT20] start at the same time: one migrates, both serve, and there is one admin', async () => {
    const { instances, query } = stage()
    await Promise.all(instances.map(instance => instance.start()))
    const migrations = await query<{ name: string }>('select name from mikro_orm_migrations')
    const files = readdirSync(new URL('../../migrations', import.meta.url)).filter(name => name.endsWith('.ts'))
    assert.equal(new Set(migrations.map(({ name }) => name)).size, files.length)
    assert.equal(migrations.length, files.length)
    assert.equal((await query('select from users')).length, 1)
    for (const { url } of instances) {
      const { status } = await ask(url, 'POST', '/auth/login', { body: { email: 'admin@example.com', password } })
      assert.equal(status, 200)
    }
  })
})
