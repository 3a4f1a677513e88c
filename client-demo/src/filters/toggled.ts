/** A choice of several with one more, or one less. */
export const toggled = <T>(values: readonly T[], value: T): readonly T[] =>
  values.includes(value) ? values.filter(other => other !== value) : [...values, value]
