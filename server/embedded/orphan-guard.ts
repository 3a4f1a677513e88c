import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Sends `signal` to a child when this process has ended for any reason. A shell waits for the end of its input, which
 * the kernel causes even after kill -9. Sessions, process groups and `exit` handlers do not cover that.
 */
export function endWithUs(child: ChildProcess, signal: 'TERM' | 'KILL'): void {
  if (child.pid === undefined) return
  const guard = spawn('/bin/sh', ['-c', `read _; kill -${signal} "$0"`, String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => undefined)
  guard.unref()
  // Before the process number is used again for another process.
  child.once('exit', () => guard.kill('SIGKILL'))
}
