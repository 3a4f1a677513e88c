import assert from 'node:assert/strict'
import { liveCollection, type Collection, type MediaFile } from '../../sdk/index.ts'

const files = liveCollection('media')
const thing = (id: number, version: number, project_id?: number) =>
  ({ id, version, ...(project_id !== undefined && { project_id }) }) as MediaFile
const versions = ({ items }: Collection<MediaFile>) => [...items.values()].map(({ id, version }) => [id, version])
const logged = { offset: 1, at: '2026-01-01T00:00:00.000Z' }

describe('sdk: collections', () => {
  const some = files.keep(files.empty, [thing(1, 2), thing(2, 1, 7)])

  it('[SDK24] keep the higher version in any order, and stay the same object when nothing is new', () => {
    assert.equal(files.keep(some, [thing(1, 1), thing(2, 1, 7)]), some)
    assert.deepEqual(versions(files.keep(some, [thing(1, 1), thing(1, 3)])), [
      [1, 3],
      [2, 1],
    ])
  })

  it('[SDK24] keep deleted items out, of older lists too, and accept them with a later version', () => {
    const gone = files.remove(some, 1)
    assert.deepEqual(versions(files.keep(gone, [thing(1, 9)])), [[2, 1]])
    assert.equal(files.remove(gone, 1), gone)

    const hidden = files.remove(some, 1, 2)
    assert.deepEqual(versions(files.keep(hidden, [thing(1, 2)])), [[2, 1]])
    assert.deepEqual(versions(files.keep(hidden, [thing(1, 3)])), [
      [2, 1],
      [1, 3],
    ])
    assert.equal(files.remove(some, 1, 1), some)
  })

  it('[SDK24] move a file with its task, whatever was known before', () => {
    const file = (version: number, project_id: number) => ({ id: 5, version, project_id }) as MediaFile
    const gone = { name: 'media_deleted' as const, media_id: 5, version: 2, deleted_by: 1, ...logged }
    const there = { name: 'media_created' as const, media: file(2, 8), created_by: 1, ...logged }
    for (const known of [[], [file(1, 7)], [file(2, 8)]]) {
      const left = files.apply(files.keep(files.empty, known), gone)
      assert.equal(files.keep(left, [file(1, 7)]), left)
      assert.equal(files.apply(left, there).items.get(5)?.project_id, 8)
    }
  })

  it('[SDK24] lose files with the right to their project, and get them back with it', () => {
    const file = { id: 5, project_id: 7 } as MediaFile
    const held = files.apply(files.empty, { name: 'media_created', media: file, created_by: 1, ...logged })
    const change = { name: 'access_changed' as const, project_id: 7, role: null, ...logged }
    const lost = files.apply(held, { ...change, readable: false })
    assert.equal(lost.items.size, 0)
    assert.equal(files.keep(lost, [file]), lost)

    const given = files.apply(lost, { ...change, readable: true })
    assert.equal(files.keep(given, [file]).items.size, 1)
    const deleted = files.apply(held, { name: 'media_deleted', media_id: 5, version: 2, deleted_by: 1, ...logged })
    assert.equal(files.keep(deleted, [file]).items.size, 0)
  })
})
