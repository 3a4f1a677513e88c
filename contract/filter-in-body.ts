import { z } from 'zod'

const value = z.union([z.string(), z.number(), z.boolean()])

/** A filter in a body: the value that the list takes as a parameter, or several of them. Its list says which it takes. */
export const FilterInBody = z.union([value, z.array(value)])
export type FilterInBody = z.output<typeof FilterInBody>

/** The filters of a list as fields of a body. */
export const inBody = <T extends z.ZodRawShape>(filters: z.ZodObject<T>) =>
  z.strictObject(
    Object.fromEntries(Object.keys(filters.shape).map(name => [name, FilterInBody.optional()])) as {
      [Name in keyof T]: z.ZodOptional<typeof FilterInBody>
    },
  )
