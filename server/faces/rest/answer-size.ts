import type { ServerResponse } from 'node:http'

const made = new WeakMap<ServerResponse, number>()

/** Says how many bytes an answer has that is sent as fewer: what it cost to make is told by these. */
export function noteSize(res: ServerResponse, bytes: number): void {
  made.set(res, bytes)
}

/** Bytes of an answer as it was made, packed or not; 0 while nobody knows. */
export const sizeOf = (res: ServerResponse): number => made.get(res) ?? Number(res.getHeader('Content-Length') ?? 0)
