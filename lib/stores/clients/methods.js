'use strict'

/** Whether `value` has all of these methods. Clients are told by what they can do, not by their class. */
function hasMethods(value, ...names) {
  return names.every((name) => typeof value[name] === 'function')
}

module.exports = { hasMethods }
