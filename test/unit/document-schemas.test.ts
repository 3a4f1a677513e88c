import assert from 'node:assert/strict'
import { z } from 'zod'
import { anyOf, emailIn, flagInUrl, idInUrl, instantIn, numberInUrl } from '../../contract/index.ts'
import { createSchemas } from '../../server/faces/rest/documents/schemas.ts'

describe('schemas of documents', () => {
  const Inner = z.object({ at: z.string().default('now') }).meta({ id: 'TestInner' })
  const Outer = z.object({ inner: Inner, same: z.object({ id: z.int() }).meta({ id: 'TestSame' }) }).meta({
    id: 'TestOuter',
  })

  for (const dialect of ['draft-2020-12', 'draft-7'] as const)
    it(`[DC5] refer to each other by name, and have one name for requests and one for answers where these differ (${dialect})`, () => {
      const schemas = createSchemas(dialect)
      assert.deepEqual(schemas.output(Outer), { $ref: '#/components/schemas/TestOuter' })
      assert.deepEqual(schemas.input(z.array(Outer)), {
        type: 'array',
        items: { $ref: '#/components/schemas/TestOuterInput' },
      })
      schemas.output(Outer)
      schemas.input(Outer)
      const { TestOuter, TestOuterInput, TestInner, TestInnerInput } = schemas.named as Record<string, any>
      assert.deepEqual(Object.keys(schemas.named).toSorted(), [
        'TestInner',
        'TestInnerInput',
        'TestOuter',
        'TestOuterInput',
        'TestSame',
      ])
      assert.deepEqual([TestInner.required, TestInnerInput.required], [['at'], undefined])
      assert.equal(TestOuter.properties.inner.$ref, '#/components/schemas/TestInner')
      assert.equal(TestOuterInput.properties.inner.$ref, '#/components/schemas/TestInnerInput')
      assert.equal(TestOuterInput.properties.same.$ref, '#/components/schemas/TestSame')
    })

  it('[DC4] have numbers and booleans in addresses as such, and text as it is sent', () => {
    const query = z.strictObject({
      id: idInUrl,
      ids: anyOf(idInUrl).optional(),
      open: flagInUrl.optional(),
      size: numberInUrl(1, 9).default(4),
      since: instantIn.optional(),
      email: emailIn.optional(),
    })
    const { properties, required } = createSchemas('draft-2020-12').asText(query) as any
    assert.deepEqual(required, ['id'])
    assert.deepEqual(
      [properties.id.type, properties.ids.items.type, properties.open.type],
      ['integer', 'integer', 'boolean'],
    )
    assert.deepEqual(properties.size, { type: 'integer', minimum: 1, maximum: 9, default: 4 })
    assert.deepEqual(
      [properties.since.type, properties.since.format, properties.email.type],
      ['string', 'date-time', 'string'],
    )
  })
})
