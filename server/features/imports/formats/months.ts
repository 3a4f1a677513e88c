import { fold } from '../../../../contract/index.ts'

/** Languages in which Jira and spreadsheets write names of months. In Croatian some mean other months than in Polish. */
const languages =
  'en de fr es pt it nl pl sv da nb nn is fi et lv lt cs sk sl hu ro bg ru uk be sr el tr he ar hi id ms vi zh ja ko ca eu gl'.split(
    ' ',
  )

/** The beginnings of the names of months, as Jira abbreviates them, from January on. */
const beginnings: readonly RegExp[] = [
  '(jan|janv|ene|gen|gennaio|sty|янв|ian|tammi|oca)',
  '(feb|fev|fevr|lut|фев|helmi|sub)',
  '(mar(?!ras)|mrz|maerz|mrt|мар|maalis)',
  '(apr|avr|abr|kwi|апр|huhti|nis)',
  '(may|mai|mei|maj|mag|маи|мая|touko)',
  '(jun|juin|giu|cze|июн|kesa|haz)',
  '(jul|juil|lug|lip|июл|heina|tem)',
  '(aug|aou|ago|sie|авг|elo)',
  '(sep|set|wrz|сен|syys|eyl)',
  '(oct|okt|out|ott|paz|окт|loka|eki)',
  '(nov|lis|ноя|marras|kas)',
  '(dec|dez|dic|gru|дек|joulu|ara)',
].map(names => new RegExp(`^${names}`))

const romans = 'i ii iii iv v vi vii viii ix x xi xii'.split(' ')

const plain = (name: string) =>
  fold(name)
    .normalize('NFKD')
    .replace(/[\p{M}.]/gu, '')

/** Names that stand for one month in all of these languages. */
function namesInLanguages(): ReadonlyMap<string, number> {
  const found = new Map<string, number>(romans.map((name, nth) => [name, nth + 1]))
  const disputed = new Set<string>()
  for (const language of languages)
    for (const month of ['long', 'short'] as const)
      for (const options of [{ month }, { month, day: 'numeric' }] as const) {
        const format = new Intl.DateTimeFormat(language, { ...options, calendar: 'gregory', timeZone: 'UTC' })
        for (let nth = 0; nth < 12; nth++) {
          const part = format.formatToParts(Date.UTC(2026, nth, 15)).find(({ type }) => type === 'month')
          const name = plain(part?.value ?? '')
          if (/^\d*$/.test(name)) continue
          if (found.has(name) && found.get(name) !== nth + 1) disputed.add(name)
          else found.set(name, nth + 1)
        }
      }
  for (const name of disputed) found.delete(name)
  return found
}
let inLanguages: ReadonlyMap<string, number> | undefined

/** The number of a month, from 1, by its name in one of many languages, or by a number in front of 月; 0 if unknown. */
export function monthNamed(name: string): number {
  const [, number] = /^(\d{1,2})[月월]$/u.exec(name) ?? []
  if (number !== undefined) return Number(number)
  const known = plain(name)
  const usual = beginnings.findIndex(month => month.test(known)) + 1
  // Made only when needed, because it takes a tenth of a second.
  return usual || ((inLanguages ??= namesInLanguages()).get(known) ?? 0)
}
