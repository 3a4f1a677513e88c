/** Why a file is not accepted, in words for its sender: what it is, and what to do. Null when nothing is wrong. */
export type Fault = string | null

export const cut = 'ends in the middle: send it again, from where it is whole'
export const macros = 'has macros: save it without them, as DOCX or PDF'
export const locked = 'is protected by a password: save it without one'
export const template = 'is a template: save it as a document (DOCX) or PDF'
export const damaged = 'is damaged: open it where it came from, and save it anew'
export const page = 'has a web page or script behind its end: save it anew'
