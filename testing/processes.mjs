/**
 * Servers that live no longer than the test process.
 *
 * A handler for `exit` does not run when the process is killed, so a shell watches instead: it reads
 * which servers run from a pipe whose other end only this process holds. However this process ends,
 * the pipe closes, and the shell kills what is left and removes the temporary files.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const WATCH = `
running=
while read -r change pid; do
  others=
  for known in $running; do [ "$known" = "$pid" ] || others="$others $known"; done
  running=$others
  [ "$change" = started ] && running="$running $pid"
done
[ -z "$running" ] || kill -9 $running
rm -rf "$1"
`

/** Enough of what a server printed to explain why it did not start, in characters. */
const OUTPUT_KEPT = 20_000

let watch
let created = 0

/**
 * A new empty folder, removed when the test process ends.
 *
 * @param {string} name what it is for, the start of its name
 * @returns {string} its path, short enough for a Unix socket (104 bytes on macOS)
 */
export function temporaryFolder(name) {
  created += 1
  const folder = join(watcher().folder, `${name}-${created}`)
  mkdirSync(folder)
  return folder
}

/**
 * Starts a program and waits until it prints that it is ready.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {RegExp} ready what it prints when it can be used
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {Record<string, string>} [options.env] besides this process's
 * @param {boolean} [options.group] kill the processes that it starts, too
 * @param {(text: string) => void} [options.onOutput]
 * @returns {Promise<{ pid: number, readonly running: boolean, kill(): Promise<void> }>} `kill` sends
 *   SIGKILL, and resolves when the process is gone
 * @throws {Error} with what it printed, when it ends before that
 */
export async function startProcess(program, args, ready, options = {}) {
  const { cwd, env, group = false, onOutput } = options
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: group,
    cwd,
    env: { ...process.env, ...env },
  })
  // A process group goes by the number of its leader, negated.
  const target = group ? -child.pid : child.pid
  const tell = (change) => child.pid && watcher().input.write(`${change} ${target}\n`)
  tell('started')
  let running = true
  const exited = new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('error', resolve)
  }).then((reason) => {
    running = false
    tell('ended')
    return reason
  })

  if (onOutput) for (const stream of [child.stdout, child.stderr]) stream.on('data', onOutput)
  await becomesReady(child, exited, ready)
  // A test that forgot to stop its server ends all the same.
  for (const handle of [child, child.stdout, child.stderr]) handle.unref()

  return {
    pid: child.pid,
    get running() {
      return running
    },
    async kill() {
      child.ref()
      if (running) process.kill(target, 'SIGKILL')
      await exited
    },
  }
}

function becomesReady(child, exited, ready) {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk) => {
      if (output.length > OUTPUT_KEPT) return
      output += chunk
      if (ready.test(output)) resolve()
    }
    // Read for as long as it runs: a server whose pipe is full stands still.
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    exited.then((reason) => {
      const why = reason instanceof Error ? reason.message : output
      reject(new Error(`${child.spawnfile} did not start: ${why}`))
    })
  })
}

function watcher() {
  if (watch) return watch
  const folder = mkdtempSync(join(tmpdir(), 'redis-test-'))
  // Detached: Ctrl+C reaches every process of the terminal's group, and this one has to outlive it.
  const shell = spawn('/bin/sh', ['-c', WATCH, 'watch', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  shell.unref()
  shell.stdin.unref()
  watch = { folder, input: shell.stdin }
  return watch
}
