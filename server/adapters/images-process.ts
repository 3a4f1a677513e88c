import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { unavailable } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { WorkerMessage, Task, Verdict } from './images-task.ts'

export interface Decoder {
  /**
   * Decodes one picture. The caller waits for the result before it asks for the next one.
   *
   * @throws AppError `unavailable` when the process does not start; and what reading the file fails with
   */
  decode(task: Task): Promise<Verdict>
  close(): void
}

export interface DecoderOptions {
  log: Logger
  /**
   * The limit for one picture in total. The limit of processor time (in the task) is lower; this one ends a process
   * that hangs.
   */
  patienceMs: number
  /** The process ends after this long without work, which frees its memory. */
  idleMs?: number
}

/** Lower than the server and its database. On a busy machine it still gets a quarter of a core. */
export const decoderPriority = 5

const program = fileURLToPath(new URL('images-worker.ts', import.meta.url))

/**
 * The environment of the process: none of the server's secrets, and only the settings that concern memory and speed.
 */
const environment = () => ({
  MALLOC_ARENA_MAX: '2',
  ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
})

function start(): ChildProcess {
  const child = fork(program, {
    execArgv: ['--max-semi-space-size=1', '--max-old-space-size=64'],
    env: environment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  // Set before the process starts the threads that decode, because they inherit it from the first thread.
  if (child.pid !== undefined) lowerPriority(child.pid)
  return child
}

function lowerPriority(pid: number) {
  try {
    setPriority(pid, decoderPriority)
  } catch {
    // The process has died already, and its `exit` event reports that.
  }
}

/**
 * A process that decodes pictures. It is started for the first picture, ended when idle, and replaced after it died.
 */
export function createDecoder({ log, patienceMs, idleMs = 10_000 }: DecoderOptions): Decoder {
  let child: ChildProcess | null = null
  let idle: NodeJS.Timeout | undefined
  let isClosed = false
  /** The process has started successfully. If it dies after that, the picture is the cause. */
  let isReady = false
  /** Settles the picture that is being decoded: with the result from the process, or because the process has ended. */
  let settle: { received(message: WorkerMessage): void; died(why: unknown): void; closed(): void } | null = null

  function open(): ChildProcess {
    const opened = start()
    isReady = false
    opened.on('message', (message: WorkerMessage) => {
      if (opened !== child) return
      if ('ready' in message) isReady = true
      else settle?.received(message)
    })
    opened.on('error', error => gone(opened, error))
    opened.on('exit', (code, signal) => gone(opened, code ?? signal))
    return opened
  }

  function gone(ended: ChildProcess, why: unknown) {
    if (ended !== child) return
    child = null
    if (!settle) return
    log.warn({ why, ready: isReady }, 'the process that decodes pictures has died')
    settle.died(why)
  }

  /** Messages that the killed process still sends are ignored. */
  function kill() {
    const killed = child
    child = null
    clearTimeout(idle)
    killed?.kill('SIGKILL')
  }

  /** An idle process does not keep the server from ending. */
  function hold(held: ChildProcess, isBusy: boolean) {
    if (isBusy) held.ref()
    else held.unref()
    if (isBusy) held.channel?.ref()
    else held.channel?.unref()
  }

  return {
    decode: task =>
      new Promise<Verdict>((resolve, reject) => {
        if (isClosed) throw unavailable()
        clearTimeout(idle)
        const working = (child ??= open())
        hold(working, true)
        const finish = (answer: Verdict | Error) => {
          settle = null
          clearTimeout(deadline)
          if (child) {
            hold(child, false)
            idle = setTimeout(kill, idleMs).unref()
          }
          if (answer instanceof Error) reject(answer)
          else resolve(answer)
        }
        const deadline = setTimeout(() => {
          log.warn({ format: task.format, ready: isReady }, 'a picture took too long')
          kill()
          finish(isReady ? task.beyond : unavailable())
        }, patienceMs)
        settle = {
          received: message => {
            if ('verdict' in message && message.isStuck) kill()
            if ('verdict' in message) finish(message.verdict)
            if ('failure' in message)
              finish(Object.assign(new Error(message.failure.message), { code: message.failure.code }))
          },
          // The kernel kills the process with the most memory when no memory is left.
          died: why => finish(!isReady ? unavailable() : why === 'SIGKILL' ? task.beyond : 'broken'),
          closed: () => finish(unavailable()),
        }
        // The exit of the process reports any failure of the channel.
        working.send(task, () => undefined)
      }),
    close: () => {
      isClosed = true
      kill()
      settle?.closed()
    },
  }
}
