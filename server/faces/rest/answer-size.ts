import type { ServerResponse } from 'node:http'

const made = new WeakMap<ServerResponse, number>()

/** Notes the original size of an answer that is sent compressed. The original size measures the cost of making it. */
export function noteSize(res: ServerResponse, bytes: number): void {
  made.set(res, bytes)
}

/** The size of an answer before compression; 0 while it is unknown. */
export const sizeOf = (res: ServerResponse): number => made.get(res) ?? Number(res.getHeader('Content-Length') ?? 0)
