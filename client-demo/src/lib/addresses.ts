import { linkTo } from './base-path.ts'

/** A task's own address shows it on the board, and so do those of projects and of an import. */
export const taskPath = /^\/tasks\/([1-9]\d{0,14}|new)$/
export const projectPath = /^\/projects(?:\/([1-9]\d{0,14}|new))?$/
export const importPath = '/import'
/** By id or slug. */
export const postPath = /^\/posts\/([a-z0-9-]{1,80})$/
export const writePath = /^\/write(?:\/([1-9]\d{0,14}))?$/
export const jobsPath = /^\/jobs(?:\/([1-9]\d{0,14}))?$/
export const videosPath = /^\/videos(?:\/([1-9]\d{0,14}|new|import))?$/

export const mediaPath = /^\/media(?:\/([1-9]\d{0,14}))?$/
export const mediaIdIn = (path: string) => Number(mediaPath.exec(path)?.[1] ?? 0) || null

export const isOnBoard = (path: string) =>
  path === '/' || path === importPath || taskPath.test(path) || projectPath.test(path)

/** For who has forgotten the password. */
export const linkToReset = (token: string) =>
  `${location.origin}${linkTo(`/reset-password?token=${encodeURIComponent(token)}`)}`

/** For somebody else: the task alone. */
export const linkToTask = (id: number) => `${location.origin}${linkTo(`/tasks/${id}`)}`
