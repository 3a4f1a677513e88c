import path from 'node:path'
import { importsOf, type Source } from './rules.ts'

const root = 'client-demo/src/'

/**
 * The folders of the page, lowest layer first. A folder may use those of the layers below it, and none of its own layer:
 * no view knows another one. What lies beside the folders (the app and its shell) may use all.
 */
export const layers: readonly (readonly string[])[] = [
  ['lib', 'styles'],
  ['filters', 'live', 'ui'],
  ['drafts'],
  ['forms', 'people'],
  ['jobs', 'projects'],
  ['exports', 'keys', 'media', 'tasks', 'webhooks'],
  ['markdown'],
  ['activity', 'comments'],
  ['task-dialog'],
  ['board', 'dashboard', 'notifications', 'operations', 'posts', 'videos'],
  ['session'],
  ['account', 'settings'],
]

const layerOf = (folder: string) => layers.findIndex(layer => layer.includes(folder))

/** The folder of a file of the page; undefined beside the folders, and outside of the page. */
const folderOf = (file: string) => (file.startsWith(root) ? /^(.+?)\//.exec(file.slice(root.length))?.[1] : undefined)

const mayUse = (folder: string, other: string | undefined) =>
  other === folder || (other !== undefined && layerOf(other) >= 0 && layerOf(other) < layerOf(folder))

/** Which folder makes which part of the page: it adds the part to `Page`. */
function makersOf(sources: readonly Source[]): Map<string, string> {
  const makers = new Map<string, string>()
  for (const { file, text } of sources) {
    const [, added = ''] = /declare module '[^']*\/page\.ts' \{\s*interface Page \{([^}]*)\}/.exec(text) ?? []
    for (const [, part] of added.matchAll(/^\s*(\w+): /gm)) makers.set(part!, folderOf(file)!)
  }
  return makers
}

/** The parts of the page that a file takes from `usePage()`. */
const partsIn = (text: string): string[] => [
  ...[...text.matchAll(/const \{([^}]*)\} = usePage\(\)/g)].flatMap(([, names]) =>
    names!.split(',').map(name => name.split(':')[0]!.trim()),
  ),
  ...[...text.matchAll(/usePage\(\)\.(\w+)/g)].map(([, name]) => name!),
]

/** Ways of taking parts that `partsIn` does not understand. */
const otherUses = (text: string): string[] =>
  [...text.matchAll(/(?<!function |\} = )usePage\(\)(?!\.\w)/g)].map(([use]) => `${use}, used in another way`)

/** Imports and uses of parts that go up, or from one view to another, as `file → what`. */
export function strayInPage(sources: readonly Source[]): string[] {
  const makers = makersOf(sources)
  return sources.flatMap(source => {
    const { file, text } = source
    const folder = folderOf(file)
    if (folder === undefined) return []
    const imports = importsOf(source)
      .filter(target => target.startsWith('.'))
      .map(target => ({ target, own: path.posix.join(path.posix.dirname(file), target) }))
      .filter(({ own }) => own.startsWith(root) && !mayUse(folder, folderOf(own)))
      .map(({ target }) => target)
    const parts = partsIn(text).filter(part => makers.has(part) && !mayUse(folder, makers.get(part)))
    return [...imports, ...parts, ...otherUses(text)].map(what => `${file} → ${what}`)
  })
}
