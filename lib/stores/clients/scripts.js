'use strict'

// What scripts answer is text with a mark before it: `:` and the value. A client may make numbers of
// texts, or parse whatever looks like JSON, and would make another value of "5" than it was.

/** The value of a key, read where it is written: a script is never run by a replica. */
const READ = `
local value = redis.call('GET', KEYS[1])
return value and ':' .. value`

/**
 * Replaces a value if it is still the expected one, or is the new one already: a client that lost an
 * answer sends the script again. Otherwise it answers what is there.
 *
 * ARGV: whether a value is expected, that value, whether there is a new one, that value, its lifetime.
 */
const COMPARE_AND_SET = `
local current = redis.call('GET', KEYS[1])
if ARGV[3] == '1' and current == ARGV[4] then return 'done' end
if ARGV[1] == '1' and current ~= ARGV[2] or ARGV[1] == '0' and current then
  return current and ':' .. current
end
if ARGV[3] == '0' then redis.call('DEL', KEYS[1])
elseif ARGV[5] == '' then redis.call('SET', KEYS[1], ARGV[4])
else redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) end
return 'done'`

/** The text behind the mark; null when there is none. */
function unmarked(answer) {
  return answer === null || answer === undefined ? null : String(answer).slice(1)
}

/**
 * Whether a server refuses scripts as such: by its access list, or because the command was renamed
 * away. What a script may not do (`ACL failure in script`) is another matter.
 */
function refusesScripts(error) {
  const message = String(error?.message)
  return /\bNOPERM\b.*'(eval|EVAL)'/.test(message) || /\bERR unknown command\b/i.test(message)
}

module.exports = { COMPARE_AND_SET, READ, refusesScripts, unmarked }
