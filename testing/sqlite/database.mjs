/**
 * SQLite databases for tests, which look at them through Python: Node 20 has no SQLite of its own.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { temporaryFolder } from '../processes.mjs'

/**
 * Runs statements, each on a connection of its own, for as long as somebody asks. Where others write,
 * it tries again much sooner than SQLite would by itself.
 */
const SERVE = `
import json, sqlite3, sys, time
def rows(file, sql, texts):
    connection = sqlite3.connect(file, timeout=0, isolation_level=None)
    deadline = time.monotonic() + 10
    try:
        while True:
            try:
                return connection.execute(sql, texts).fetchall()
            except sqlite3.OperationalError as error:
                if 'locked' not in str(error) or time.monotonic() > deadline: raise
                time.sleep(0.0005)
    finally:
        connection.close()
for line in sys.stdin:
    try:
        answer = {'rows': rows(*json.loads(line))}
    except sqlite3.Error as error:
        answer = {'error': str(error)}
    print(json.dumps(answer), flush=True)`

let server

/** The path of a database that is not there yet, in a folder that ends with the test process. */
export function newDatabase() {
  return join(temporaryFolder('sqlite'), 'auth.db')
}

/**
 * Runs one statement.
 *
 * @param {string} file
 * @param {string} sql with `?` where the texts belong
 * @param {...string} texts
 * @returns {Promise<any[][]>} rows
 */
export async function query(file, sql, ...texts) {
  server ??= startServer()
  const { rows, error } = await server.ask([file, sql, texts])
  if (error) throw new Error(`SQLite: ${error}`)
  return rows
}

/** One process for all statements of this one, which does not keep it alive. */
function startServer() {
  const child = spawn('python3', ['-c', SERVE], { stdio: ['pipe', 'pipe', 'inherit'] })
  const handles = [child, child.stdin, child.stdout]
  const waiting = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    waiting.shift().resolve(JSON.parse(line))
    if (waiting.length === 0) for (const handle of handles) handle.unref()
  })
  child.once('exit', () => {
    for (const { reject } of waiting) reject(new Error('The process with SQLite has ended'))
  })
  return {
    ask(question) {
      for (const handle of handles) handle.ref()
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    },
  }
}
