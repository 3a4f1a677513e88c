export interface Progress {
  show(text: string): void
  /** A message that must not be overwritten. */
  say(line: string): void
  end(): void
}

const everyMs = { terminal: 100, log: 5_000 }

/**
 * Shows progress on one line of standard error that is rewritten; without a terminal it prints a line every few
 * seconds.
 */
export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const wipe = '\r\u001b[K'
  let shownAt = Date.now()
  let last = ''

  return {
    show(text) {
      last = text
      if (Date.now() - shownAt < (stream.isTTY ? everyMs.terminal : everyMs.log)) return
      shownAt = Date.now()
      stream.write(stream.isTTY ? `${wipe}${text}` : `${text}\n`)
    },
    say(line) {
      stream.write(stream.isTTY ? `${wipe}${line}\n${last}` : `${line}\n`)
    },
    end() {
      if (stream.isTTY && last !== '') stream.write(`${wipe}${last}\n`)
      last = ''
    },
  }
}

export const counted = (count: number) => count.toLocaleString('en')
