import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { createAdmission } from '../../server/faces/socket/admission.ts'
import { eventually } from '../support/eventually.ts'

describe('letting handshakes in', () => {
  const scene = (allowed = true) => {
    const { allowRequest, stop } = createAdmission(() => allowed)
    const decisions: boolean[] = []
    const turnedAway: string[] = []
    const socket = { destroyed: false, end: (text: string) => void turnedAway.push(text) }
    const come = (own = socket) =>
      allowRequest({ headers: { upgrade: 'websocket' }, socket: own } as unknown as IncomingMessage, (_, success) =>
        decisions.push(success),
      )
    return { come, decisions, turnedAway, stop }
  }

  it('[HS6] one that comes alone is let in at once', () => {
    const { come, decisions, stop } = scene()
    come()
    assert.deepEqual(decisions, [true])
    stop()
  })

  it('[HS6] of many at once a few are let in, and the others in their turn', async () => {
    const { come, decisions, stop } = scene()
    for (let nth = 0; nth < 100; nth++) come()
    assert.ok(decisions.length < 50, String(decisions.length))
    await eventually(() => assert.equal(decisions.length, 100))
    stop()
  })

  it('[HS6] who has gone while waiting takes nobody’s turn', async () => {
    const { come, decisions, stop } = scene()
    for (let nth = 0; nth < 50; nth++) come()
    for (let nth = 0; nth < 50; nth++) come({ destroyed: true, end: () => {} })
    come()
    await eventually(() => assert.equal(decisions.length, 51))
    stop()
  })

  it('[HS6] where too many wait one is told when to come again, and so is everybody when it stops', () => {
    const { come, decisions, turnedAway, stop } = scene()
    for (let nth = 0; nth < 5_100; nth++) come()
    assert.ok(turnedAway.length > 50)
    assert.match(turnedAway[0]!, /^HTTP\/1.1 503 Service Unavailable\r\nRetry-After: \d+\r\n/)
    stop()
    come()
    assert.equal(decisions.length + turnedAway.length, 5_101)
    assert.ok(decisions.length <= 20)
  })

  it('[HS6] a strange origin does not wait', () => {
    const { come, decisions, stop } = scene(false)
    for (let nth = 0; nth < 100; nth++) come()
    assert.deepEqual(decisions, Array(100).fill(false))
    stop()
  })
})
