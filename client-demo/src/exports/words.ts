import type { Export, ExportDataType } from '../../../sdk/index.ts'

/** What can be exported, in the order in which it is offered. */
export const dataNames: Record<ExportDataType, string> = {
  tasks: 'Tasks',
  projects: 'Projects',
  videos: 'Videos',
  analytics: 'What happened each day',
  users: 'Accounts',
}

export const formatNames = {
  csv: 'CSV, for spreadsheets',
  json: 'JSON',
  ndjson: 'NDJSON, one object a line',
} as const
export type DataFormat = keyof typeof formatNames

const otherNames: Record<string, string> = { personal: 'Everything about you', audit: 'Audit log' }

/** What an export is of. */
export function exportName({ type, format }: Export): string {
  const what = (dataNames as Record<string, string>)[type] ?? otherNames[type] ?? type
  return `${what} as ${format.toUpperCase()}`
}
