import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseRoom } from '../../contract/index.ts'

describe('parsing room names', () => {
  for (const [name, kind] of [
    ['tasks', 'topic'],
    ['projects', 'topic'],
    ['admin', 'admin'],
    ['project_1', 'project'],
    ['project_9007199254740991', 'project'],
    ['user_42', 'user'],
  ] as const)
    it(`[RM2] accepts ${name}`, () => assert.equal(parseRoom(name)?.kind, kind))

  for (const name of [
    'project_9007199254740993',
    'project_0',
    'project_-1',
    'project_1 ',
    ' tasks',
    'user_',
    'admin\n',
    'user_1\n',
    '__proto__',
  ])
    it(`[RM2] refuses ${JSON.stringify(name)}`, () => assert.equal(parseRoom(name), null))

  it('[RM2] returns the name unchanged', () => {
    const names = fc.oneof(fc.string(), fc.stringMatching(/^(project|user)_\d{1,17}$/))
    fc.assert(fc.property(names, name => [name, undefined].includes(parseRoom(name)?.name)))
  })
})
