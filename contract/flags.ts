import { z } from 'zod'
import { defineResource } from './define.ts'
import { limits } from './limits.ts'
import { id, instant, listOf, paging, text, version } from './primitives.ts'

/** It is part of addresses and of the cache of clients, so it is plain. */
export const FlagName = z
  .string()
  .max(limits.flagName, `must have at most ${limits.flagName} characters`)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must consist of letters, digits, dots, hyphens and underscores')

export const flagRoles = ['user', 'admin'] as const

const someIds = (max: number) => z.array(id).min(1).max(max)

const fits = {
  users: someIds(limits.flagUsers).optional().describe('Any of these people'),
  roles: z.array(z.enum(flagRoles)).min(1).max(flagRoles.length).optional().describe('Any of these roles'),
  projects: someIds(limits.flagProjects).optional().describe('Members of any of these projects'),
}
const whatTheyGet = 'What they get'

/** For whom a flag has a value of its own. Somebody is meant who fits all that the rule names. */
export const FlagRule = z.object({ ...fits, value: z.boolean().describe(whatTheyGet) }).meta({ id: 'FlagRule' })
export type FlagRule = z.output<typeof FlagRule>

const FlagRuleIn = z
  .strictObject({ ...fits, value: z.boolean().default(true).describe(whatTheyGet) })
  .refine(({ users, roles, projects }) => users ?? roles ?? projects, 'must name users, roles or projects')

export const flagReasons = ['DISABLED', 'TARGETING_MATCH', 'SPLIT', 'STATIC'] as const

const percent = z.number().min(0, 'must be at least 0').max(100, 'must be at most 100')

/** A feature flag as the caller gets it. Administrators also see how it is set. */
export const Flag = z
  .object({
    name: z.string(),
    description: z.string(),
    enabled: z.boolean().describe('For administrators whether it is switched on at all; for others its value for them'),
    value: z.boolean().describe('Whether it is on for the caller'),
    reason: z.enum(flagReasons).describe('Switched off; a rule; the rollout by percent; the same for everybody'),
    rollout_percent: percent.optional(),
    rules: z.array(FlagRule).optional(),
    version: version.optional(),
    updated_by: id.optional(),
    created_at: instant.optional(),
    updated_at: instant.optional(),
  })
  .meta({ id: 'Flag' })
export type Flag = z.output<typeof Flag>

/**
 * What programs send to evaluate a flag by OFREP. Only the key is used; they may send other attributes, which our rules
 * do not ask for.
 */
export const FlagContext = z.looseObject({
  context: z.looseObject({ targetingKey: z.string().min(1).max(limits.targetingKey).optional() }).optional(),
})

export const flags = defineResource({
  name: 'flag',
  topic: 'flags',
  // Without the rules, which name people: whoever gets one asks again what holds for them.
  events: {
    flag_updated: z.object({ name: z.string(), version }),
    flag_deleted: z.object({ name: z.string(), version }),
  },
  operations: {
    list: {
      summary: 'The feature flags, with the value of each for the caller',
      access: 'user',
      method: 'get',
      path: '/features/list',
      query: z.strictObject(paging),
      output: listOf(Flag),
      envelope: 'Feature flags',
      positioned: true,
    },
    toggle: {
      summary: 'Make or change a feature flag; with nothing but its name, it is switched over',
      access: 'admin',
      method: 'post',
      path: '/features/toggle',
      body: z.strictObject({
        name: FlagName,
        enabled: z.boolean().optional(),
        rollout_percent: percent.optional().describe('How many of those whom no rule names get it; 100 by default'),
        rules: z.array(FlagRuleIn).max(limits.flagRules).optional().describe('The first that fits decides'),
        description: text(limits.flagDescription).optional(),
      }),
      output: Flag,
      envelope: 'Feature flag saved',
      errors: ['conflict', 'version_conflict'],
    },
    delete: {
      summary: 'Remove a feature flag',
      access: 'admin',
      method: 'delete',
      path: '/features/flags/:name',
      params: z.strictObject({ name: FlagName }),
      output: z.object({ deleted: z.literal(true) }),
      envelope: 'Feature flag removed',
      errors: ['version_conflict'],
    },
  },
})
