import assert from 'node:assert/strict'
import { findsPart, findsWords, foldedWords, searchedWords } from '../../contract/index.ts'
import { migrate } from '../../server/adapters/database-migration.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { createRandom } from '../fuzz/random.ts'
import { type Connection, openConnection } from '../support/connection.ts'
import { type TestDatabase, testDatabase } from '../support/postgres.ts'

const log = createLogger({ level: 'silent', pretty: false })
const seed = Number(process.env.TEST_SEED ?? 20261128)

/** Words of many scripts, in all forms in which people type them, with separators between words. */
const samples = [
  'Straße STRASSE ẞ José JOSE\u0301 ÆØÅ æøå Łódź Đorđe Þórr İstanbul ISPARTA ısı ﬁn ２０２６ Ⅷ ① ² Ǆ ſ K Å',
  'ΔΡΟΜΟΣ δρόμος Ὀδυσσεύς ΆΈΉ ϊΐ ᾳ ᾼ',
  'Йод йод и\u0306од ёж Їжак ї ў Ѐ Ҋ СЪЕШЬ',
  'שָׁלוֹם שלום مُحَمَّد محمد أحمد إسلام آمن ـكـتاب می\u200cروم ﷺ ١٢٣ ۴۵',
  'علی علي على کتاب كتاب مدرسة مدرسه ہے ھے ئۆ ۀ ٢٠٢٦ ۲۰۲۶ २०२६ ২০২৬ ๒๐๒๖ 2026',
  '한국어 한국어 ガギグ ｶﾞｷﾞ がぎ か\u3099 カ\u309a 日本語 〇 漢字',
  'हिन्दी क़लम தமிழ் ไม่ ผี ខ្មែរ བོད ქართული ᲥᲐᲠᲗᲣᲚᲘ ՀԱՅ հայ ᎠᏂ ꭰ 𐐀𐐨 𞤀𞤢',
  'Tiếng Việt ĐƯỜNG đường Ồ ồ ộ\u0301',
  'a\u00adb a\u200db x\ufe0f 👩\u200d👩 🎉 🏴\u{e0067}\u{e007f} 1e5b 7e9f3a 0x1f 12ab v2.10 don’t a_b-c/d ¡¿ «» — ･ 、。 \u00a0 \u3000 % \\ \' "',
]
const letters = samples.flatMap(sample => [...sample])
const words = samples.flatMap(sample => sample.split(' '))

describe('folding', () => {
  let database: TestDatabase
  let control: Connection
  const made: string[] = []
  before(async () => {
    database = await testDatabase()
    control = await openConnection(database.ownerUrl)
  })
  after(async () => {
    for (const name of made) await control.query(`drop database if exists ${name} with (force)`)
    await database.drop()
  })

  async function differences(client: Connection): Promise<unknown[]> {
    const random = createRandom(seed)
    const text = (most: number) =>
      Array.from({ length: 1 + random.below(most) }, () =>
        random.below(3) === 0
          ? Array.from({ length: 1 + random.below(5) }, () => letters[random.below(letters.length)]).join('')
          : words[random.below(words.length)],
      ).join(' ')
    const pairs = Array.from({ length: 3_000 }, () => {
      const given = text(8)
      const from = given.split(' ')[random.below(2)] ?? ''
      const search = random.below(2) === 0 ? text(3) : [...from].slice(0, 1 + random.below(4)).join('')
      return { given, search: random.below(4) === 0 ? search.toUpperCase().normalize('NFD') : search }
    })
    const { rows } = await client.query<{ words: string; found: boolean; part: boolean; asked: string }>(
      `select fold_words(given) as words, to_tsvector('simple', search_fold(given)) @@ search_query(search) as found,
        fold_words(given) like '%' || fold_words(search) || '%' as part
      from unnest($1::text[], $2::text[]) with ordinality as pair (given, search, nth) order by nth`,
      [pairs.map(({ given }) => given), pairs.map(({ search }) => search)],
    )
    return pairs.flatMap(({ given, search }, nth) => {
      const ours = {
        words: foldedWords(given).join(' '),
        found: searchedWords(search).length > 0 && findsWords(given, search),
        part: findsPart(given, search),
      }
      const { words: folded, found, part } = rows[nth]!
      const same = folded === ours.words && found === ours.found && part === ours.part
      return same ? [] : [{ given, search, ours, theirs: rows[nth] }]
    })
  }

  it('[FD5] is done for a row only when a folded column is updated', async () => {
    const { rows } = await control.query(
      `select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
       where not tgisinternal and (tgtype & 1) = 1 and (tgtype & 2) = 2 and (tgtype & 16) = 16
         and exists (select from pg_attribute a where a.attrelid = c.oid and a.attgenerated = 's')`,
    )
    assert.deepEqual(rows, [], 'a trigger before the update of each row makes PostgreSQL compute stored columns again')
  })

  it(`[FD1] gives the database and the page the same matches, in 3,000 searches of many scripts (seed ${seed})`, async () => {
    assert.deepEqual((await differences(control)).slice(0, 3), [])
  })

  for (const [name, locale] of Object.entries({
    c: `locale 'C'`,
    german: `locale 'de_DE.UTF-8'`,
    turkish: `locale 'tr_TR.UTF-8'`,
    icu: `locale 'C' locale_provider icu icu_locale 'und'`,
    icu_turkish: `locale 'C' locale_provider icu icu_locale 'tr'`,
    icu_lithuanian: `locale 'C' locale_provider icu icu_locale 'lt-u-ks-level1'`,
  }))
    it(`[FD1] does so in a database with the locale ${name} too, where the machine has it`, async () => {
      const other = `taskwire_test_locale_${name}_${process.pid}`
      const there = await control.query(`create database ${other} encoding 'UTF8' ${locale} template template0`).then(
        () => true,
        (error: Error) => assert.match(error.message, /locale|ICU|provider/i),
      )
      if (!there) return
      made.push(other)
      const migrationUrl = Object.assign(new URL(database.ownerUrl), { pathname: `/${other}` }).href
      const url = Object.assign(new URL(database.url), { pathname: `/${other}` }).href
      await migrate({ url, migrationUrl }, log)
      assert.deepEqual((await differences(await openConnection(migrationUrl))).slice(0, 3), [])
    })

  it('[FD4] finds older rows by the new folding, in large tables too', async () => {
    const other = await testDatabase()
    const client = await openConnection(other.ownerUrl)
    try {
      await client.query(`insert into users (email, username, name, password_hash) values ('a', 'a', 'Ángel', '')`)
      // The state in which the release before left them.
      await client.query(`delete from mikro_orm_migrations where name ~ 'folding'`)
      await client.query(
        `create or replace function search_fold(value text) returns text language sql immutable as $$ select value $$`,
      )
      await client.query(`insert into tasks (title, position, created_by, updated_by)
        select case n when 1500 then 'ΔΡΟΜΟΣ' else '2 plain' end, n, 1, 1 from generate_series(1, 2100) n`)
      await client.query(
        `insert into posts (slug, title, body, status, author_id) values ('a', '1e5b', 'علی', 'draft', 1)`,
      )
      await client.query(
        `insert into videos (title, provider, url, visibility, created_by) values ('GROß', 'url', '', 'internal', 1)`,
      )
      await migrate({ url: other.url, migrationUrl: other.ownerUrl }, log)
      for (const [table, search] of [
        ['tasks', 'δρόμος'],
        ['posts', '1e5b'],
        ['posts', 'علي'],
        ['videos', 'gross'],
      ]) {
        const found = await client.query(`select from ${table} where search @@ search_query($1)`, [search])
        assert.equal(found.rowCount, 1, table)
      }
      const { rows } = await client.query('select name_words from users')
      assert.deepEqual(rows, [{ name_words: 'angel a' }])
      const { rows: updated } = await client.query('select count(distinct xmin::text) > 1 as pieces from tasks')
      assert.ok(updated[0].pieces)
    } finally {
      await other.drop()
    }
  })

  for (const [text, ...same] of [
    ['José', 'JOSE', 'jose\u0301', 'ＪＯＳÉ'],
    ['Straße', 'STRASSE', 'STRAẞE'],
    ['δρόμος', 'ΔΡΟΜΟΣ', 'δρομος', 'ΔΡΌΜΟΣ'],
    ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul'],
    ['محمد', 'مُحَمَّد', 'مـحـمـد'],
    ['שלום', 'שָׁלוֹם'],
    ['한국', '한국', '한국'.normalize('NFD')],
    ['ガイド', 'ｶﾞｲﾄﾞ', 'ガイド'.normalize('NFD')],
    ['йод', 'ЙОД', 'и\u0306од'],
    ['ёлка', 'елка', 'ЁЛКА'],
    ['đường', 'DUONG', 'đường'.normalize('NFD')],
    ['可能', '可能'.normalize('NFD')],
    ['علی', 'علي', 'على'],
    ['کتاب', 'كتاب'],
    ['مدرسة', 'مدرسه', 'مدرسہ'],
    ['2026', '٢٠٢٦', '۲۰۲۶', '२०२६', '๒๐๒๖', '２０２６'],
    ['soft', 'so\u00adft', 's\u200boft\u200d'],
  ])
    it(`[FD2] finds ${text} by ${same.join(', ')}`, () => {
      for (const one of same) {
        assert.ok(findsWords(text!, one), one)
        assert.ok(findsWords(one, text!), one)
      }
    })

  for (const [text, other] of [
    ['й', 'и'],
    ['がき', 'かき'],
    ['ї', 'і'],
    ['कि', 'क'],
  ])
    it(`[FD2] distinguishes ${text} from ${other}`, () => assert.notDeepEqual(foldedWords(text!), foldedWords(other!)))
})
