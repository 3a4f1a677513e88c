import { limits } from '../../../../contract/index.ts'
import { AppError } from '../../../kernel/errors.ts'
import { checkForm } from '../../../kernel/check-form.ts'
import { mostFields, type Row } from './row.ts'

const notJson = 'is not JSON'
export const isNotJson = (row: Row) => 'fault' in row && row.fault.message === notJson

/** One object of JSON. Text that is not an object, is nested too deeply, or has a key twice is refused as this row. */
export function parseRow(line: number, text: string): Row {
  const refuse = (message: string, field = 'row'): Row => ({ line, fault: { field, message } })
  const { keys, depth } = measure(text)
  // Checked before parsing: half a million brackets take a second, and as many fields hundreds of megabytes.
  if (depth > limits.jsonDepth) return refuse(`must not be nested deeper than ${limits.jsonDepth} levels`)
  if (keys > mostFields) return refuse(`may have at most ${mostFields} fields`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse(notJson)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return refuse('must be an object')
  try {
    checkForm(value, 'row')
  } catch (error) {
    const [[field, [message = '']] = ['row', []]] = Object.entries((error as AppError).fields ?? {})
    return refuse(message, field)
  }
  if (keys !== Object.keys(value).length) return refuse('has a field twice')
  return { line, value: value as Record<string, unknown>, characters: text.length }
}

/** The depth of a JSON text and the number of keys in its outermost object. Of two equal keys parsing keeps one. */
function measure(text: string): { keys: number; depth: number } {
  let keys = 0
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a string: to its end
        for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++
        break
      case 0x7b:
      case 0x5b:
        deepest = Math.max(deepest, ++depth)
        break
      case 0x7d:
      case 0x5d:
        depth--
        break
      case 0x3a:
        if (depth === 1) keys++
        break
      default:
    }
  }
  return { keys, depth: deepest }
}
