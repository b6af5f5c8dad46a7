/**
 * The processes of a benchmark. Each ends with this one: the Rust programs with their standard input,
 * the Node processes with their channel.
 */
import { fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(FOLDER, '..')

/** Builds what runs beside Node and returns the path of the program. */
export function buildServer() {
  const build = ['build', '--release', '--locked', '--package', 'nextauth-benchmark']
  const { status, stdout } = spawnSync('cargo', [...build, '--message-format', 'json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 ** 2,
  })
  if (status !== 0) throw new Error('The benchmark server could not be built')
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return messages.findLast(({ executable }) => executable).executable
}

/** Starts a server of the Rust program on a free port. */
export async function startServer(program, ...args) {
  const child = spawn(program, args.map(String), { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(child.stdout), 'line')
  return { port: Number(/^listening on (\d+)$/.exec(line)[1]), stop: () => stop(child) }
}

/** Starts the floor, which answers each run with its figures. */
export function startFloor(program) {
  const child = spawn(program, ['floor'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const exited = once(child, 'exit')
  return {
    async run(run) {
      const nextLine = new Promise((resolve) => lines.once('line', resolve))
      child.stdin.write(`${JSON.stringify(run)}\n`)
      const line = await answerOf(nextLine, exited, 'The floor')
      const figures = JSON.parse(line)
      return { ...figures, perSecond: figures.operations / figures.seconds }
    },
    stop: () => stop(child),
  }
}

/** What a process answers, or an error when it ends instead. */
function answerOf(answer, exited, name) {
  const ended = exited.then(() => {
    throw new Error(`${name} ended`)
  })
  return Promise.race([answer, ended])
}

async function stop(child) {
  const exited = once(child, 'exit')
  child.stdin.end()
  await exited
}

let sides = 0

/** Starts a Node process with one side. */
export async function startSide(module, settings) {
  sides += 1
  const args = [module, JSON.stringify(settings), String(sides)]
  const child = fork(join(FOLDER, 'measured.mjs'), args, {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const exited = once(child, 'exit')
  const answer = async () => {
    // Without listeners of its own for errors, of which each call would leave one behind.
    const message = new Promise((resolve) => child.once('message', resolve))
    const { value, error } = await answerOf(message, exited, module)
    if (error) throw new Error(`${module}: ${error}`)
    return value
  }
  await answer()
  const ask = (action, options) => {
    const answered = answer()
    child.send({ action, ...options })
    return answered
  }
  return {
    pid: child.pid,
    prepare: (operation) => ask('prepare', { operation }),
    once: (operation) => ask('once', { operation }),
    run: (run) => ask('run', run),
    fill: (operation, count) => ask('fill', { operation, count }),
    async stop() {
      await ask('close')
      await exited
    },
  }
}
