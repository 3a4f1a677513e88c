const shape = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-[\x21-\x7e]*)?$/
const longest = 200

/**
 * A `traceparent` as it is passed on (W3C Trace Context, level 1); undefined for one that is not valid, which the
 * standard treats like none at all. What a later version of the standard adds is dropped.
 */
export function readTraceparent(value: string | undefined): string | undefined {
  if (value === undefined || value.length > longest) return undefined
  const [, trace, span, flags] = shape.exec(value) ?? []
  return trace === undefined ? undefined : `00-${trace}-${span}-${flags}`
}
