import { fold } from '../../../../contract/index.ts'

/** Words that stand for one of our values, in many languages; compared without case, accents and punctuation. */
export interface Words<T extends string> {
  /** When the whole text is such a word, ignoring spaces, punctuation and emoji. */
  exactly(text: unknown): T | undefined
  /**
   * When the text contains such a word, as in `✅ Done (March)`; the longest word wins, of equally long ones the last.
   */
  within(text: unknown): T | undefined
}

/** These scripts have no spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
/** No name of a state is longer. */
const mostCharacters = 200
const mostKept = 1_000

const plain = (text: string) =>
  fold(text.slice(0, mostCharacters))
    .normalize('NFKD')
    .replace(/[\p{M}'’‘`]/gu, '')
    .replace(/[^\p{L}\p{N}%]+/gu, ' ')
    .trim()
const close = (text: string) => text.replaceAll(' ', '')

/**
 * @param words of each value, separated by commas; words after a bar count only when they are the whole text
 * @param judge a check of the text that comes before these words
 */
export function wordsFor<T extends string>(
  words: Record<T, string>,
  judge: (text: string) => T | undefined = () => undefined,
): Words<T> {
  const exact = new Map<string, T>()
  const loose: { word: string; value: T; spaced: boolean }[] = []
  for (const [value, all] of Object.entries<string>(words) as [T, string][]) {
    const [everywhere = '', alone = ''] = all.split('|')
    for (const [list, isLoose] of [[everywhere, true] as const, [alone, false] as const])
      for (const word of list.split(',').map(plain)) {
        if (word === '') continue
        if (!exact.has(close(word))) exact.set(close(word), value)
        // Too many words contain two given Latin letters.
        if (isLoose && (word.length > 2 || unspaced.test(word.normalize('NFC'))))
          loose.push({ word, value, spaced: !unspaced.test(word.normalize('NFC')) })
      }
  }
  loose.sort((a, b) => b.word.length - a.word.length)

  const exactly = (text: string) => exact.get(close(text))
  function search(text: string): T | undefined {
    const judged = judge(text)
    if (judged !== undefined) return judged
    const spaced = ` ${text} `
    const found = loose
      .map(({ word, value, spaced: apart }) => ({ word, value, at: spaced.lastIndexOf(apart ? ` ${word} ` : word) }))
      .filter(({ at }) => at >= 0)
    return found.toSorted((a, b) => b.word.length - a.word.length || b.at - a.at)[0]?.value
  }
  const read = (find: (text: string) => T | undefined) => {
    // A file repeats the same few words in each row.
    const kept = new Map<string, T | undefined>()
    return (text: unknown): T | undefined => {
      if (typeof text !== 'string') return undefined
      if (kept.has(text)) return kept.get(text)
      if (kept.size >= mostKept) kept.clear()
      const value = find(plain(text))
      if (text.length <= mostCharacters) kept.set(text, value)
      return value
    }
  }
  return { exactly: read(exactly), within: read(text => exactly(text) ?? search(text)) }
}
