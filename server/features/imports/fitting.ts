import { limits } from '../../../contract/index.ts'
import type { RowContent } from './formats/index.ts'

type Fields = Pick<RowContent, 'title' | 'description' | 'status' | 'priority' | 'category' | 'due_date'>

/** Shortens what is longer than a task can hold, with a warning. A long title is kept in full in the description. */
export function fitting(given: Fields): { fields: Fields; warnings: { field: string; message: string }[] } {
  const fields = { ...given }
  const warnings: { field: string; message: string }[] = []
  const { title, category } = given
  if (typeof title === 'string' && title.length > limits.title) {
    fields.title = shortened(title, limits.title)
    if (typeof fields.description === 'string')
      fields.description = fields.description === '' ? title : `${title}\n\n${fields.description}`
    const message = `had ${title.length} characters and was shortened to ${limits.title}; it is whole in front of the description`
    warnings.push({ field: 'title', message })
  }
  for (const [field, most, text] of [
    ['description', limits.description, fields.description],
    ['category', limits.category, category],
  ] as const) {
    if (typeof text !== 'string' || text.length <= most) continue
    fields[field] = shortened(text, most)
    warnings.push({ field, message: `had ${text.length} characters and was shortened to ${most}` })
  }
  return { fields, warnings }
}

/** Ends with a sign that text was cut, and does not cut a surrogate pair in two. */
export function shortened(text: string, most: number): string {
  const cut = text.slice(0, most - 1)
  return `${cut.isWellFormed() || !text.isWellFormed() ? cut : cut.slice(0, -1)}…`
}
