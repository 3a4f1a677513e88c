/** Who reads a text, and where. */
export interface Reader {
  mentions: readonly number[]
  isPost: boolean
  /** Where a picture of ours lies. */
  pictureAt: (src: string) => string
}
