import { AppError } from '../../kernel/errors.ts'

/** RFC 7644, section 3.12. */
export type ScimType = 'invalidFilter' | 'uniqueness' | 'mutability' | 'invalidSyntax' | 'invalidPath' | 'invalidValue'

/** A refusal whose kind an identity provider understands. */
export const scimError = (scimType: ScimType, detail: string): AppError =>
  new AppError(scimType === 'uniqueness' ? 'conflict' : 'validation_error', detail, { details: { scimType } })

/** The kind of an error, for one that was not made by `scimError` too. */
export function scimTypeOf(error: AppError): ScimType | undefined {
  const { scimType } = (error.details ?? {}) as { scimType?: ScimType }
  if (scimType !== undefined) return scimType
  if (error.code === 'invalid_json') return 'invalidSyntax'
  if (error.code === 'conflict' && error.fields !== undefined) return 'uniqueness'
  return error.code === 'validation_error' ? 'invalidValue' : undefined
}
