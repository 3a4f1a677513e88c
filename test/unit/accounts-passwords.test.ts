import assert from 'node:assert/strict'
import { hash } from '@node-rs/argon2'
import { checkNewPassword } from '../../server/features/accounts/password-policy.ts'
import { createPasswords } from '../../server/features/accounts/passwords.ts'
import { AppError } from '../../server/kernel/errors.ts'

const owner = { email: 'Somebody.Else@example.com', username: 'night-owl-42' }
const judge = (password: string) => () => checkNewPassword('new_password', password, owner)
const refused = (error: unknown) => error instanceof AppError && error.fields?.new_password?.length === 1

describe('the choice of a password', () => {
  for (const password of ['password', 'Password1', '12345678', 'qwertyuiop', 'ILOVEYOU', 'trustno1', 'Summer2025']) {
    it(`[AC2] refuses ${password}, which is one of the most common passwords`, () => {
      assert.throws(judge(password), refused)
    })
  }

  for (const password of ['somebody.else@example.com', 'SOMEBODY.ELSE', 'Night-Owl-42']) {
    it(`[AC2] refuses ${password}, which is the account’s own name, in any case`, () => {
      assert.throws(judge(password), refused)
    })
  }

  for (const password of ['correct horse battery', '🐙🐙🐙🐙', '        ', 'x'.repeat(128), 'Night-Owl-42!']) {
    it(`[AC2] accepts ${password.slice(0, 24)}: there are no rules of composition`, () => {
      assert.doesNotThrow(judge(password))
    })
  }
})

describe('password hashes', () => {
  const passwords = createPasswords()

  it('[AC4] are argon2id with the current parameters, salted, and match the password byte by byte', async () => {
    const [first, second] = await Promise.all([passwords.hash(' Ünïcode 🐙 '), passwords.hash(' Ünïcode 🐙 ')])
    assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    assert.notEqual(first, second)
    assert.equal(await passwords.matches(first, ' Ünïcode 🐙 '), true)
    assert.equal(await passwords.matches(first, 'Ünïcode 🐙'), false)
  })

  it('[AC4] count as outdated with other parameters, and still match', async () => {
    const old = await hash('an old password', { memoryCost: 12_288, timeCost: 3, parallelism: 1 })
    assert.equal(passwords.isOutdated(old), true)
    assert.equal(await passwords.matches(old, 'an old password'), true)
    assert.equal(passwords.isOutdated(await passwords.hash('x')), false)
  })

  it('[AC3] match nothing for an account that does not exist, or has no usable hash', async () => {
    assert.equal(await passwords.matches(null, 'anything'), false)
    assert.equal(await passwords.matches('', 'anything'), false)
  })
})
