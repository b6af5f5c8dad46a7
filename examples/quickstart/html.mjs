/**
 * HTML in template strings. Whatever is put into one is escaped, unless it was made by `html` itself.
 */
class Markup {
  constructor(text) {
    this.text = text
  }

  toString() {
    return this.text
  }
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export function html(strings, ...values) {
  return new Markup(String.raw({ raw: strings }, ...values.map(toMarkup)))
}

function toMarkup(value) {
  if (value instanceof Markup) return value.text
  if (Array.isArray(value)) return value.map(toMarkup).join('')
  if (value === undefined || value === null || value === false) return ''
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character])
}
