import { isBlank } from '../../contract/index.ts'

const unspaced = String.raw`[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`
/**
 * Kept: the flag of a part of a country, which is a black flag followed by tag letters; and word separators of scripts
 * without spaces. Removed: control characters, line ends, unpaired surrogates, other tags, letters without a shape, and
 * marks that change the reading direction, which could make one file ending look like another.
 */
const judged = new RegExp(
  [
    String.raw`(?<kept>\p{Extended_Pictographic}\ufe0f?[\u{e0020}-\u{e007e}]{1,32}\u{e007f}`,
    String.raw`(?<=${unspaced}\p{M}*)\u200b(?=${unspaced}))`,
    String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]`,
  ].join('|'),
  'gu',
)
/** Persian, Hindi and emoji families use joiners, which stand between two visible characters. */
const strayJoiner = /(?<![^\s\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?=[\s\u200c\u200d]|$)/gu

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** The last part of the path that a client has sent, as people may see it; '' when nothing of it is visible. */
export function fileNameIn(sent: string): string {
  const base = sent.toWellFormed().split(/[/\\]/).at(-1)!
  const name = base
    .replace(judged, (_, kept: string | undefined) => kept ?? '')
    .replace(strayJoiner, '')
    .trim()
  return isBlank(name) ? '' : name
}

/** The beginning of a name, with its ending if it has one, without cutting a character in two. */
export function shortName(name: string, most: number): string {
  if (name.length <= most) return name
  const [ending = ''] = /\.[^.\s]{1,10}$/u.exec(name) ?? []
  let kept = ''
  for (const { segment } of graphemes.segment(name.slice(0, most + 100))) {
    if (kept.length + segment.length > most - ending.length) break
    kept += segment
  }
  return kept + ending
}
