/** What a text may link to and show; anything else stays as it was typed. */
export interface Allowed {
  link: (href: string) => boolean
  picture: (src: string) => boolean
}
