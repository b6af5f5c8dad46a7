/**
 * A store whose compareAndSet is atomic within a process and not between two: rows in a file that are
 * read, compared and written.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Store } from '../../../index.js'

const FILE = process.env.TEST_FILE

let queue = Promise.resolve()

const read = () => JSON.parse(readFileSync(FILE, 'utf8'))

function write(rows) {
  const copy = `${FILE}.${process.pid}`
  writeFileSync(copy, JSON.stringify(rows))
  renameSync(copy, FILE)
}

class FileStore extends Store {
  get(key) {
    return read()[key]
  }
  set(key, value) {
    write({ ...read(), [key]: value })
  }
  del(key) {
    const { [key]: _, ...rows } = read()
    write(rows)
  }
  compareAndSet(key, expected, value) {
    const step = queue.then(async () => {
      if (JSON.stringify(this.get(key) ?? null) !== JSON.stringify(expected)) return false
      await sleep(1)
      if (value === null) this.del(key)
      else this.set(key, value)
      return true
    })
    queue = step
    return step
  }
}

export default () => new FileStore()
