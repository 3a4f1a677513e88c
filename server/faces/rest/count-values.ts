const [quote, backslash, comma, colon, brace, bracket] = Array.from('"\\,:{[', char => char.charCodeAt(0))

/**
 * About how many values and fields a JSON text has, without making them: a megabyte of small ones takes the event loop
 * for tens of milliseconds to parse, and for two to count. Of a text that is no JSON the count means nothing.
 */
export function countValues(text: Buffer): number {
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (byte === quote) at = endOfString(text, at)
    else if (byte === comma || byte === colon || byte === brace || byte === bracket) count++
  }
  return count
}

/** Where a string ends that begins at `at`; the end of the text when it does not. */
function endOfString(text: Buffer, at: number): number {
  for (let end = text.indexOf(quote!, at + 1); end !== -1; end = text.indexOf(quote!, end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === backslash) backslashes++
    if (backslashes % 2 === 0) return end
  }
  return text.length
}
