'use strict'

const adapterTests = require('./adapter.js')
const compareAndSetTests = require('./compare-and-set.js')
const keyTests = require('./keys.js')
const lifetimeTests = require('./lifetimes.js')
const processTests = require('./processes.js')
const valueTests = require('./values.js')
const { invalid, readOptions, flag } = require('../option-checks.js')
const { Subject } = require('./subject.js')

const OPTIONS = {
  createStore: method,
  closeStore: method,
  module: address,
  execArgv: list,
  lifetimes: flag,
}

/**
 * What a store has to do, as functions for any test runner. testing.d.ts documents it.
 *
 * @param {import('../../testing.js').StoreTestOptions} options
 * @returns {import('../../testing.js').StoreTest[]}
 */
function storeTests(options) {
  const read = readOptions('storeTests', OPTIONS, options)
  if (!read.createStore && !read.module) {
    throw invalid('storeTests needs createStore, a function, or module, which exports one')
  }
  const groups = [valueTests, keyTests]
  if (read.lifetimes !== false) groups.push(lifetimeTests)
  groups.push(compareAndSetTests, adapterTests)
  if (read.module) groups.push(processTests)
  return groups.flat().map(({ name, run }) => ({ name, run: () => withSubject(read, run) }))
}

/**
 * Registers each of them with a runner's `test`, or `it`.
 *
 * @param {(name: string, run: () => Promise<void>) => unknown} test
 * @param {import('../../testing.js').StoreTestOptions} options
 */
function testStore(test, options) {
  if (typeof test !== 'function') throw invalid('testStore needs the test function of a runner')
  for (const { name, run } of storeTests(options)) test(name, run)
}

async function withSubject(options, run) {
  const subject = new Subject(options)
  try {
    await run(subject)
  } finally {
    await subject.close()
  }
}

function method(value) {
  return typeof value === 'function' ? undefined : 'a function'
}

function address(value) {
  // A runner may have a URL of its own.
  return typeof value === 'string' || typeof value?.href === 'string'
    ? undefined
    : 'a path or a URL'
}

function list(value) {
  return Array.isArray(value) ? undefined : 'a list of arguments'
}

module.exports = { storeTests, testStore }
