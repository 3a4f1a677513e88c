import { defineEntity, type EntitySchema, p, type PropertyOptions } from '@mikro-orm/core'
import sql, { join, raw, type Sql } from 'sql-template-tag'

/** The kinds of columns: their type in PostgreSQL, and that of their values in a row (see `Connection.query`). */
export const column = {
  bigint: () => p.bigint('number').columnType('bigint'),
  bigints: () => p.array(Number).columnType('bigint[]'),
  boolean: () => p.boolean().columnType('boolean'),
  bytes: () => p.blob().columnType('bytea'),
  double: () => p.double().columnType('double precision').$type<number>(),
  integer: () => p.integer().columnType('integer'),
  json: <T>() => p.json<T>().columnType('json'),
  smallint: () => p.smallint().columnType('smallint'),
  text: <T extends string = string>() => p.text().columnType('text').$type<T>(),
  texts: <T extends string = string>() => p.array().columnType('text[]').$type<T[]>(),
  /** An ISO string with milliseconds. */
  time: () => p.string().columnType('timestamp(3) with time zone'),
  tsvector: () => p.text().columnType('tsvector'),
  uuid: () => p.uuid().columnType('uuid'),
}

interface Column {
  '~type'?: { value: unknown }
  '~options': object
}
type Columns = Record<string, Column>
type Nullable<C extends Column> = C['~options'] extends { nullable: true } ? null : never
type IsHidden<C extends Column> = C['~options'] extends { hidden: true } ? true : false

/** A table of the database. */
export interface Table<C extends Columns = Columns> {
  name: string
  columns: { name: string; type: string; nullable: boolean; hidden: boolean }[]
  /** The same for MikroORM. */
  entity: EntitySchema
  /** Only a type. */
  '~columns'?: C
}

/** What a statement reads with `columnsOf`: all columns that are not hidden. */
export type Row<T extends Table> =
  T extends Table<infer C>
    ? {
        [K in keyof C as IsHidden<C[K]> extends true ? never : K]: NonNullable<C[K]['~type']>['value'] | Nullable<C[K]>
      }
    : never

/**
 * Describes a table of the database. Types of rows and lists of columns come from it, and a test compares it with the
 * migrated database (DB5). Statements name a hidden column themselves; it is part of no row.
 */
export function defineTable<C extends Columns>(name: string, columns: C): Table<C> {
  const entity = defineEntity({ name, tableName: name, properties: columns as never }) as unknown as EntitySchema
  const described = Object.entries(entity.meta.properties as Record<string, PropertyOptions<object>>)
  return {
    name,
    entity,
    columns: described.map(([columnName, { columnType, nullable = false, hidden = false }]) => ({
      name: columnName,
      type: String(columnType),
      nullable,
      hidden,
    })),
  }
}

/**
 * The columns of a row, for `select` and `returning`.
 *
 * @param from the name that the statement gives to the table
 * @param instead what a row has in the place of a column
 */
export const columnsOf = <C extends Columns>(
  table: Table<C>,
  { from, instead = {} }: { from?: string; instead?: { [K in keyof C]?: Sql } } = {},
): Sql =>
  join(
    table.columns
      .filter(({ hidden }) => !hidden)
      .map(({ name }) => {
        const other = (instead as Record<string, Sql | undefined>)[name]
        return other ? sql`${other} as ${raw(`"${name}"`)}` : raw(from ? `${from}."${name}"` : `"${name}"`)
      }),
    ', ',
  )

/** `(title, tags) values (…, …)`, for `insert`. */
export const valuesOf = <T extends Table>(table: T, row: Partial<Row<T>>): Sql => {
  const given = Object.entries(row)
  return sql`(${join(given.map(([name]) => quoted(table, name)))}) values (${join(given.map(value => stored(table, value)))})`
}

/** `title = …, tags = …`, for `update`. A value that is undefined leaves its column as it is. */
export const assignmentsOf = <T extends Table>(table: T, row: Partial<Row<T>>): Sql =>
  join(
    Object.entries(row)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => sql`${quoted(table, name)} = ${stored(table, [name, value])}`),
    ', ',
  )

/** @throws Error for a name that is no column; names stand in the text of a statement */
function quoted(table: Table, name: string): Sql {
  if (!table.columns.some(one => one.name === name)) throw new Error(`${table.name} has no column ${name}`)
  return raw(`"${name}"`)
}

const stored = (table: Table, [name, value]: [string, unknown]) => {
  const isJson = table.columns.some(one => one.name === name && one.type === 'json')
  return isJson && value !== null ? JSON.stringify(value) : value
}
