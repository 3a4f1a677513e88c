/** How much of a limit is left, as the headers of an answer say it. */
export interface Standing {
  /** The name of the policy. */
  name: string
  limit: number
  remaining: number
  windowSeconds: number
  /** When the window ends, in milliseconds since 1970. */
  resetAt: number
}
