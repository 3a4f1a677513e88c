import pg from 'pg'

const { builtins } = pg.types

/**
 * How columns become JavaScript values: int8 as a number (ids and offsets stay far below 2^53), times as the ISO
 * strings that clients get, with milliseconds. Sessions run in UTC, so the text only has to be rearranged.
 */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === builtins.INT8) return Number
      if (oid === builtins.TIMESTAMPTZ) return isoTime
      if (oid === int8Array) return (value: string) => parseArray(value).map(Number)
    }
    return pg.types.getTypeParser(oid, format as 'text')
  }) as pg.CustomTypesConfig['getTypeParser'],
}

const int8Array = 1016 as typeof builtins.INT8

const parseArray = (value: string) => (value === '{}' ? [] : value.slice(1, -1).split(','))

/** `2026-11-23 22:16:21.5+00` → `2026-11-23T22:16:21.500Z`. */
export const isoTime = (value: string) =>
  `${value.slice(0, 10)}T${value.slice(11, 19)}.${value.slice(20, -3).padEnd(3, '0')}Z`
