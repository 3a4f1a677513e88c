/** What stands in examples, for somebody to replace. */
const placeholder = /change[\s_-]?(me|this|it)|replace[\s_-]?(me|this|with)|your[\s_-]+\w*[\s_-]*(secret|key)|example/i

/** A random text of 32 hexadecimal digits has about fourteen different ones, and in base64 twice as many. */
const fewestCharacters = 8

/** Whether a secret is a placeholder of an example, or has so few different characters that somebody made it up. */
export const isGuessable = (secret: string): boolean =>
  new Set(secret).size < fewestCharacters || placeholder.test(secret)
