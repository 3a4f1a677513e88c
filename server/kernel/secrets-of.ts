/** The secrets of a configuration: the first one signs and encrypts, both verify and decrypt. */
export const secretsOf = (config: {
  jwtSecret: string
  jwtSecretPrevious?: string | undefined
}): readonly [string, ...string[]] =>
  config.jwtSecretPrevious === undefined ? [config.jwtSecret] : [config.jwtSecret, config.jwtSecretPrevious]
