import assert from 'node:assert/strict'
import { dueRange } from '../../client-demo/src/tasks/filters.ts'
import { dayInput, endOfDay, initialsOf, moveToDay, startOfDay } from '../../client-demo/src/lib/format.ts'

describe('days on the page', () => {
  const zone = process.env.TZ
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  /** Late and early moments around a change of the clocks, in each place. */
  const changes = [
    ['Europe/Berlin', 2026, 2, 27, 23, 45],
    ['Europe/Berlin', 2026, 9, 24, 0, 15],
    ['America/New_York', 2026, 2, 6, 23, 59],
    ['America/New_York', 2026, 9, 30, 0, 0],
    ['Australia/Lord_Howe', 2026, 9, 2, 23, 50],
    ['America/Santiago', 2026, 8, 4, 23, 55],
    ['Asia/Kolkata', 2026, 5, 15, 12, 0],
  ] as const

  for (const [place, year, month, day, hour, minute] of changes)
    it(`[EO11] counts a week from the ${day}th at ${hour}:${minute} in ${place} as seven calendar days`, () => {
      process.env.TZ = place
      const now = new Date(year, month, day, hour, minute).getTime()
      const { start, end } = dueRange('week', now)
      assert.equal(dayInput(new Date(start).toISOString()), dayInput(new Date(now).toISOString()))
      assert.equal(dayInput(new Date(end).toISOString()), dayInput(new Date(year, month, day + 7, 12).toISOString()))
      assert.equal(
        dayInput(new Date(end + 1).toISOString()),
        dayInput(new Date(year, month, day + 8, 12).toISOString()),
      )
    })

  for (const [place, from, to, local] of [
    ['Europe/Berlin', '2026-03-20T08:30:00.000Z', '2026-04-02', '9:30'],
    ['America/New_York', '2026-10-20T21:15:30.500Z', '2026-11-05', '17:15'],
    ['Asia/Tokyo', '2026-06-01T15:00:00.000Z', '2026-12-31', '0:00'],
    ['UTC', '2024-02-29T23:59:59.000Z', '2027-02-28', '23:59'],
  ] as const)
    it(`[EO11] keeps the time of day when the day changes in ${place} (${local})`, () => {
      process.env.TZ = place
      const moved = moveToDay(to, from)
      assert.equal(dayInput(moved), to)
      const date = new Date(moved)
      assert.equal(`${date.getHours()}:${String(date.getMinutes()).padStart(2, '0')}`, local)
      assert.equal(date.getSeconds() * 1_000 + date.getMilliseconds(), Date.parse(from) % 60_000)
    })

  it('[EO11] leaves it to the server to refuse a year of six digits', () => {
    for (const time of [startOfDay('12026-01-01'), endOfDay('275759-12-31'), moveToDay('10000-02-03', null)])
      assert.match(time, /^\+\d{6}-/)
  })

  it('[EO4] takes initials as people count letters', () => {
    for (const [name, initials] of [
      ['Ada Lovelace', 'AL'],
      ['ada', 'AD'],
      ['👩🏽‍🚀 Sally Ride', '👩🏽‍🚀R'],
      ['𝒜𝒷𝒸', '𝒜𝒷'],
      ['e\u0301mile zola', 'E\u0301Z'],
      ['क्षितिज', 'क्षिति'],
      [' . ', '?'],
    ] as const)
      assert.equal(initialsOf(name), initials, name)
  })

  it('[EO11] sets the end of the day for a first date', () => {
    assert.equal(moveToDay('2026-05-04', null), endOfDay('2026-05-04'))
  })
})
