import { z } from 'zod'
import { defineResource } from './define.ts'
import { emailIn, emailToFind } from './email.ts'
import { limits } from './limits.ts'
import { filledText, id, instant, listOf, paging, text } from './primitives.ts'

export const Role = z.enum(['user', 'admin'])
export type Role = z.output<typeof Role>

/** An account as its owner and administrators see it. */
export const User = z
  .object({
    id,
    email: z.string(),
    username: z.string(),
    name: z.string(),
    role: Role,
    permissions: z.array(z.string()),
    tier: z.enum(['free', 'pro']),
    is_active: z.boolean(),
    is_verified: z.boolean(),
    is_banned: z.boolean().describe('Disabled until the ban is lifted'),
    two_factor: z.boolean().describe('Whether signing in with the password needs a code too'),
    has_password: z.boolean().describe('False for people who sign in elsewhere only'),
    created_at: instant,
    last_seen_at: instant.nullable(),
  })
  .meta({ id: 'User' })
export type User = z.output<typeof User>

/** An account as everybody else sees it. */
export const Person = z.object({ id, username: z.string(), name: z.string() }).meta({ id: 'Person' })
export type Person = z.output<typeof Person>

export const Tokens = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('seconds'),
    user: User,
  })
  .meta({ id: 'Tokens' })
export type Tokens = z.output<typeof Tokens>

export const Session = z
  .object({
    id: z.string(),
    device: z.string(),
    ip_address: z.string(),
    user_agent: z.string(),
    last_active_at: instant,
    expires_at: instant,
    current: z.boolean(),
  })
  .meta({ id: 'Session' })
export type Session = z.output<typeof Session>

const username = z
  .string()
  .min(3)
  .max(limits.username)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/, 'may contain letters, digits, dots, dashes and underscores')
  .refine(value => /[A-Za-z]/.test(value), 'must contain a letter')
/**
 * Kept unchanged, never trimmed. The accounts feature checks whether it is too common or equal to the e-mail address.
 */
const newPassword = text(limits.password).min(8, 'must have at least 8 characters')
const givenPassword = text(limits.password)

export const accounts = defineResource({
  name: 'user',
  events: {
    /** To the person; webhooks of administrators get it of everybody. */
    user_verified: z.object({ user_id: id, verified_by: id }),
  },
  eventsForAdmins: ['user_verified'],
  operations: {
    register: {
      summary: 'Create an account and sign in',
      access: 'public',
      method: 'post',
      path: '/auth/register',
      body: z.strictObject({
        email: emailIn,
        username,
        password: newPassword,
        name: filledText(limits.personName).optional(),
      }),
      output: Tokens,
      status: 201,
      errors: ['forbidden', 'conflict'],
    },
    login: {
      summary:
        'Sign in; the length of the password is not checked here. With a second factor the answer is `second_factor_required`',
      access: 'public',
      method: 'post',
      path: '/auth/login',
      body: z.strictObject({ email: emailToFind, password: givenPassword }),
      output: Tokens,
      errors: ['invalid_credentials', 'second_factor_required', 'account_disabled'],
    },
    refresh: {
      summary: 'Exchange a refresh token (in the body or its cookie) for new tokens',
      access: 'public',
      method: 'post',
      path: '/auth/refresh',
      body: z.strictObject({ refresh_token: z.string().max(1_000).optional() }),
      output: Tokens,
      errors: ['unauthenticated', 'session_ended', 'account_disabled', 'csrf_failed'],
    },
    logout: {
      summary: 'End this session',
      access: 'user',
      key: 'never',
      method: 'post',
      path: '/auth/logout',
      body: z.strictObject({}),
    },
    me: {
      summary: 'The account of the caller',
      access: 'user',
      key: 'account:read',
      method: 'get',
      path: '/auth/me',
      output: User,
      positioned: true,
    },
    updateMe: {
      summary: 'Change one’s own name or username',
      access: 'user',
      key: 'never',
      method: 'patch',
      path: '/auth/me',
      body: z.strictObject({ name: filledText(limits.personName).optional(), username: username.optional() }),
      output: User,
    },
    changePassword: {
      summary: 'Change one’s own password; all other sessions end',
      access: 'user',
      key: 'never',
      method: 'post',
      path: '/auth/change-password',
      body: z.strictObject({ current_password: givenPassword, new_password: newPassword }),
    },
    reauthenticate: {
      summary: 'Show in a session that began a while ago that one is still there, before changing what lets one in',
      access: 'user',
      key: 'never',
      method: 'post',
      path: '/auth/reauthenticate',
      body: z.strictObject({ password: givenPassword }),
      errors: ['reauthentication_required'],
    },
    options: {
      summary: 'What a caller who is not signed in can do: register, or get an e-mail when the password is forgotten',
      access: 'public',
      method: 'get',
      path: '/auth/options',
      output: z.object({ registration: z.enum(['open', 'closed']), mail: z.boolean() }),
    },
    forgotPassword: {
      summary:
        'Request an e-mail with a token for a new password; the answer is the same whether there is an account or not',
      access: 'public',
      method: 'post',
      path: '/auth/forgot-password',
      body: z.strictObject({ email: emailToFind }),
      output: z.object({ mail: z.boolean().describe('Whether e-mails are sent at all') }),
      status: 202,
    },
    resetPassword: {
      summary: 'Set a new password with a token from an e-mail or an administrator; all sessions end',
      access: 'public',
      method: 'post',
      path: '/auth/reset-password',
      body: z.strictObject({ token: z.string().max(200), new_password: newPassword }),
    },
    listSessions: {
      summary: 'One’s own sessions, newest first',
      access: 'user',
      key: 'never',
      method: 'get',
      path: '/sessions/list',
      query: z.strictObject(paging),
      output: listOf(Session),
      envelope: 'Sessions',
      positioned: true,
    },
    endSession: {
      summary: 'End one of one’s own sessions; its sockets are closed',
      access: 'user',
      key: 'never',
      method: 'delete',
      path: '/sessions/:id',
      params: z.strictObject({ id: z.uuid() }),
      output: z.object({ ended: z.literal(true) }),
      envelope: 'Session ended',
      status: 200,
    },
  },
})
