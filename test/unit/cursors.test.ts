import assert from 'node:assert/strict'
import sql from 'sql-template-tag'
import { createCursors } from '../../server/faces/rest/index.ts'
import { orderFor, pageOf } from '../../server/kernel/paging.ts'

const cursors = createCursors('a secret that is long enough to be one')

/** The reader of the release before, which knows no signatures. It compares the seal of the list and both types. */
const readBefore = (cursor: string): unknown => JSON.parse(Buffer.from(cursor, 'base64url').toString())

describe('signed cursors', () => {
  const order = orderFor<'name', { id: number; name: string }>({ name: { column: sql`name`, type: 'text' } }, 'name')

  // Base64 of 3n, 3n + 1 and 3n + 2 bytes has different endings, and the last two would be padded.
  for (const name of ['', 'n', 'na', 'nam', 'é~?>']) {
    it(`[LS12] are read by the release before as the position "${name}", without the signature`, async () => {
      const rows = [1, 2].map(id => ({ id, name }))
      const page = await pageOf(
        { page_size: 1, cursor: '' },
        'a list',
        order,
        async () => rows,
        async () => 2,
      )
      const position = page.next!.replace('cursor=', '')
      const signed = (cursors.seal(page) as typeof page).next!.replace('cursor=', '')

      assert.notEqual(signed, position)
      assert.deepEqual(readBefore(signed), readBefore(position))
      assert.deepEqual((readBefore(signed) as unknown[]).slice(2), [name, 1])
      assert.deepEqual(cursors.open({ cursor: signed }), { cursor: position })
    })
  }
})
