const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB']

/** A size in bytes in readable form: `64 MiB`, `1.5 KiB`, `100 bytes`. */
export function sizeText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1)
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`
}
