import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeConfig } from '../../server/config.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

/** Folders that are generated, and those of other programs. */
const ignored = new Set(read('.gitignore').match(/^[\w.-]+(?=\/$)/gm))
const isKept = (name: string) => !ignored.has(name) && !name.startsWith('.')
/** A folder laid out like the project itself, whose folders are not listed again. */
const samples = ['test/boot/new-resource']

/** Folders that hold a file at any depth: Git keeps no others. */
function foldersIn(dir: string): string[] {
  if (samples.includes(dir)) return [dir]
  const entries = readdirSync(path.join(root, dir), { withFileTypes: true })
  const inside = entries
    .filter(entry => entry.isDirectory() && isKept(entry.name))
    .flatMap(entry => foldersIn(path.posix.join(dir, entry.name)))
  const isEmpty = inside.length === 0 && !entries.some(entry => entry.isFile())
  return isEmpty ? [] : [...(dir === '' ? [] : [dir]), ...inside]
}

/** The folders of a drawing, in which each is indented by two spaces more than its parent. */
function drawnFolders(drawing: string): { folder: string; line: string }[] {
  const way: string[] = []
  return [...drawing.matchAll(/^( *)([\w.-]+)\/ +(.*)$/gm)].map(([, indent, name, line]) => {
    way.splice(indent!.length / 2, Infinity, name!)
    return { folder: way.join('/'), line: line! }
  })
}

const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md']
  .concat(readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map(name => `docs/${name}`))
  .filter(name => name.endsWith('.md'))

describe('the documentation', () => {
  it('[AR6] lists every folder in ARCHITECTURE with one line, and no other', () => {
    const drawing = /<!-- folders -->\s+```\n([\s\S]*?)```/.exec(read('docs/ARCHITECTURE.md'))?.[1] ?? ''
    const drawn = drawnFolders(drawing)
    assert.deepEqual(drawn.map(({ folder }) => folder).toSorted(), foldersIn('').toSorted())
    assert.deepEqual(
      drawn.filter(({ line }) => line.trim() === ''),
      [],
    )
    assert.equal(drawn.length, drawing.trimEnd().split('\n').length, 'a line that is not a folder')
  })

  it('[AR7] names only files that exist', () => {
    const missing = documents.flatMap(document =>
      [...namedFiles(document)].filter(file => !isThere(file) && !isExample(file)).map(file => `${document}: ${file}`),
    )
    assert.deepEqual(missing, [])
  })

  it('[AR7] names only functions that exist in a source', () => {
    const words = new Set(files.filter(isSource).flatMap(file => read(file).match(/\w+/g) ?? []))
    // Decisions also name what was rejected.
    const present = documents.filter(document => !document.startsWith('docs/decisions/'))
    const missing = present.flatMap(document =>
      [...namedFunctions(document)]
        .filter(name => !words.has(name) && name !== 'createX')
        .map(name => `${document}: ${name}`),
    )
    assert.deepEqual(missing, [])
  })

  it('[AR7] leads every link to a file and a heading', () => {
    const broken = documents.flatMap(document =>
      [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
        .filter(([, file, heading]) => !leadsSomewhere(document, file!, heading))
        .map(([link]) => `${document}: ${link}`),
    )
    assert.deepEqual(broken, [])
  })

  it('[CF6] lists every option in OPERATIONS with its default and its meaning', () => {
    const section = /\n## Configuration\n([\s\S]*?)\n## /.exec(read('docs/OPERATIONS.md'))?.[1] ?? ''
    const rows = section.split('\n').filter(line => line.startsWith('| `'))
    const listed = rows.map(row => row.split('|').map(cell => cell.trim().replace(/^`(.*)`$/, '$1')))
    assert.deepEqual(
      listed.map(([, name, value, meaning]) => [name, value === 'none' ? '' : value, meaning]),
      describeConfig().map(row => [row.name, row.default, row.meaning]),
    )
  })
})

/** Names that README and CONTRIBUTING ask the reader to write. */
const isExample = (file: string) => file === 'client.mjs' || /(^|\/)notes[./]/.test(file)

/** Names in backticks with the extension of a source. Those with a placeholder (`<name>`, `*`) stand for several. */
const namedFiles = (document: string): Set<string> =>
  new Set([...read(document).matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:tsx?|mjs|css|conf))`/g)].map(([, name]) => name!))

/** Names in backticks with a capital letter inside, with or without their arguments. */
const namedFunctions = (document: string): Set<string> =>
  new Set([...read(document).matchAll(/`(?:\w+\.)*([a-z]+[A-Z]\w*)(?:\(.*?\))?`/g)].map(([, name]) => name!))

const isSource = (file: string) => /\.(tsx?|mjs)$/.test(file)

const files = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && isKept(entry.name))
  .flatMap(entry => filesIn(entry.name))
  .concat(readdirSync(root))

function filesIn(dir: string): string[] {
  return readdirSync(path.join(root, dir), { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? (isKept(entry.name) ? filesIn(`${dir}/${entry.name}`) : []) : [`${dir}/${entry.name}`],
  )
}

/** A document may leave out leading folders, as in `kernel/bind.ts`. */
const isThere = (name: string) => files.some(file => file === name || file.endsWith(`/${name}`))

function leadsSomewhere(document: string, file: string, heading: string | undefined): boolean {
  const target = file === '' ? document : path.posix.join(path.posix.dirname(document), file)
  if (!existsSync(path.join(root, target))) return false
  if (heading === undefined) return true
  const headings = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, text]) => slugOf(text!))
  return headings.includes(heading)
}

/** The anchor of a heading, as GitHub makes it. */
const slugOf = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
