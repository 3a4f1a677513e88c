import { Readable } from 'node:stream'
import type { PersonalSource } from '../../kernel/export-source.ts'
import type { ExportKind, Writing } from '../exports/index.ts'
import type { PersonalFiles } from '../media/index.ts'
import { type Entry, zipOf } from './archive.ts'
import { personalSources } from './personal-sources.ts'

/** Few, because the result of a job may have a megabyte. */
const portion = 20

/** Everything that is kept about the person who asks: a list as JSON for each kind, their files, and a manifest. */
export const personalExport = (filesOf: PersonalFiles): ExportKind => ({
  adminOnly: false,
  check: () => {},
  write: writing =>
    zipOf(entriesOf(writing, filesOf), written => ({
      name: 'manifest.json',
      content: JSON.stringify(
        { person_id: writing.person.id, created_at: new Date().toISOString(), entries: written },
        null,
        2,
      ),
    })),
})

async function* entriesOf(writing: Writing, filesOf: PersonalFiles): AsyncGenerator<Entry> {
  const { db, person, progress } = writing
  for (const source of personalSources)
    yield { name: `${source.name}.json`, open: async () => Readable.from(listOf(writing, source)) }

  const described: object[] = []
  for (let after: number | null = 0; after !== null;) {
    const { files, last } = await filesOf(db, person, after)
    for (const { name, described: file, open } of files) {
      const content = await open()
      described.push({ ...file, archived_as: content && name })
      if (content) yield { name, isPacked: true, open: async () => content }
      await progress.done(1)
    }
    after = last
  }
  yield { name: 'media.json', open: async () => Readable.from([Buffer.from(JSON.stringify(described, null, 2))]) }
}

/** A list of JSON, as it is read. */
async function* listOf({ db, person, progress }: Writing, { rows, present }: PersonalSource): AsyncGenerator<Buffer> {
  let isFirst = true
  yield Buffer.from('[')
  for await (const found of db.rows(rows(person), () => portion)) {
    const texts = found.map(row => JSON.stringify(present ? present(row as never) : row))
    yield Buffer.from(`${isFirst ? '\n' : ',\n'}${texts.join(',\n')}`)
    isFirst = false
    await progress.done(found.length)
  }
  yield Buffer.from('\n]\n')
}
