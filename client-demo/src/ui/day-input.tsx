import type { InputHTMLAttributes } from 'react'

/**
 * Chooses a day. Without a last one browsers take years of six digits, which no time of the server has; this one ends
 * before the year 10,000 in every time zone.
 */
export const DayInput = (props: InputHTMLAttributes<HTMLInputElement>) => (
  <input {...props} type="date" max="9998-12-31" />
)
