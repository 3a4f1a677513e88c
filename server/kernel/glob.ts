/**
 * Whether a text fits a pattern in which `*` means any characters and `?` means one. The time grows with the product of
 * the two lengths at most, whatever the pattern is; a regular expression with many `*` could take for ever.
 */
export function fitsGlob(pattern: string, text: string): boolean {
  let [at, from] = [0, 0]
  // Where to go on when the rest does not fit: behind the last `*`, which then takes one character more.
  let [star, taken] = [-1, 0]
  while (from < text.length) {
    if (pattern[at] === '*') {
      star = at++
      taken = from
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) {
      at++
      from++
    } else if (star !== -1) {
      at = star + 1
      from = ++taken
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
