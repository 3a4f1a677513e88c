import type { Block } from '../../../sdk/markdown/index.ts'

/** Who reads a text, and where. */
export interface Reader {
  mentions: readonly number[]
  isPost: boolean
  /** Of the headings that say something. */
  headingDepths: ReadonlyMap<Block, number>
  /** Where a picture of ours lies. */
  pictureAt: (src: string) => string
}
