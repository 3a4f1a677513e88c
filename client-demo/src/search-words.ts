const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const wordsOf = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? []

/**
 * Near enough to the server's search to place what comes live; what the server lists itself is not judged by this. A
 * search without a word in it finds nothing, there as here.
 */
export function matchesWords(text: string, search: string): boolean {
  const all = wordsOf(search)
  if (all.length === 0) return false
  const words = wordsOf(text)
  return all.every(wanted => words.some(word => word.startsWith(wanted)))
}
