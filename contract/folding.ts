/**
 * The only definition of what a search treats as equal: letters in either case, with and without marks that people
 * leave out, in any Unicode form. The database has the same definition in SQL (the migration `folding_keyboards`), and a seeded
 * test compares the two; a change here needs a migration.
 */

/** Letters that Unicode does not decompose into what people type instead. */
const typedAs: Readonly<Record<string, string>> = {
  ß: 'ss',
  ς: 'σ',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  // Persian, Kurdish and Urdu keyboards have letters of their own where Arabic ones have others of the same look.
  ی: 'ي',
  ى: 'ي',
  ې: 'ي',
  ک: 'ك',
  ہ: 'ه',
  ھ: 'ه',
  ە: 'ه',
  ة: 'ه',
  ...digits(),
}
const typedAsAny = new RegExp(`[${Object.keys(typedAs).join('')}]`, 'gu')

/** The digits of scripts that have their own, where 0 is. */
function digits(): Record<string, string> {
  const zeros =
    '\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0b66\u0be6\u0c66\u0ce6\u0d66\u0e50\u0ed0\u0f20\u1040\u17e0\u1810'
  return Object.fromEntries(
    [...zeros].flatMap(zero =>
      Array.from({ length: 10 }, (_, digit) => [String.fromCodePoint(zero.codePointAt(0)! + digit), String(digit)]),
    ),
  )
}

/** Separate letters although Unicode can decompose them: и and й are as different as i and j. */
const ownLetters = [
  ['и\u0306', 'й'],
  ['у\u0306', 'ў'],
  ['і\u0308', 'ї'],
] as const

/**
 * Accents of Latin, Greek and Cyrillic; vowel marks of Hebrew, Arabic and Syriac, and the character that stretches an
 * Arabic word.
 */
const leftOut =
  // oxlint-disable-next-line no-misleading-character-class -- each stands for itself here
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]/gu

/**
 * Marks that are not vowel signs (those are letters in many scripts), and invisible characters: joiners and direction
 * marks.
 */
const silent = /(?!\p{Alphabetic})\p{M}|\p{Cf}/gu

const upper = /[^\p{Ll}\p{Lo}\p{Lm}\P{Alphabetic}]/gu
const ascii = /^[\0-\x7f]*$/

/** A text in the form that searches compare. */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  // Letter by letter, because lower-casing a whole word would produce another sigma at its end.
  let folded = text.normalize('NFKD').replace(upper, letter => letter.toLowerCase())
  folded = folded.replace(typedAsAny, letter => typedAs[letter]!)
  for (const [apart, whole] of ownLetters) folded = folded.replaceAll(apart, whole)
  return folded.replace(leftOut, '').normalize('NFC').replace(silent, '')
}

const word = /[\p{Alphabetic}\p{Nd}]+/gu

/** The words of a text, folded; punctuation and spaces separate words. */
export const foldedWords = (text: string): string[] => fold(text).match(word) ?? []

/** A search of only white space and punctuation is not a search: everything is found, as without a search. */
export const isSearch = (search: string | undefined): search is string =>
  search !== undefined && foldedWords(search).length > 0

const mostWords = 10

/**
 * The words of a search. Each has to be the beginning of a word of the text. A word that is the beginning of another
 * one is left out; of very many the ten longest count.
 */
export function searchedWords(search: string): string[] {
  const all = [...new Set(foldedWords(search))]
  const distinct = all.filter(one => !all.some(other => other !== one && other.startsWith(one)))
  const sizes = new Map(distinct.map(one => [one, [...one].length]))
  return distinct.sort((a, b) => sizes.get(b)! - sizes.get(a)! || compareCodePoints(a, b)).slice(0, mostWords)
}

/** The order of the database, which compares text by its bytes. */
function compareCodePoints(a: string, b: string): number {
  const [ours, theirs] = [[...a], [...b]].map(letters => letters.map(letter => letter.codePointAt(0)!)) as [
    number[],
    number[],
  ]
  const differs = ours.findIndex((point, at) => point !== theirs[at])
  return differs === -1 ? ours.length - theirs.length : ours[differs]! - (theirs[differs] ?? -1)
}

/** Whether a search of tasks, posts or videos finds a text. */
export function findsWords(text: string, search: string): boolean {
  const words = foldedWords(text)
  return searchedWords(search).every(wanted => words.some(one => one.startsWith(wanted)))
}

/** Whether a search of people or projects finds a name: the searched text may be anywhere in it. */
export const findsPart = (text: string, search: string): boolean =>
  foldedWords(text).join(' ').includes(foldedWords(search).join(' '))
