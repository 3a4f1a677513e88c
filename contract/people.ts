import { z } from 'zod'
import { Person } from './accounts.ts'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { anyOf, idInUrl, listOf, paging, text } from './primitives.ts'

export const people = defineResource({
  operations: {
    list: {
      summary: 'Find people by name or username, to assign, mention or invite',
      access: 'user',
      method: 'get',
      path: '/users',
      query: z.strictObject({ ...paging, search: text(limits.search).optional(), id: anyOf(idInUrl).optional() }),
      output: listOf(Person),
      positioned: true,
    },
    get: {
      summary: 'One person',
      access: 'user',
      method: 'get',
      path: '/users/:id',
      params: z.strictObject({ id: idInUrl }),
      output: Person,
      positioned: true,
    },
  },
})
