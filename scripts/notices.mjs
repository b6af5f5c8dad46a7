/**
 * The licences of what is compiled into a binary. They ask that their text goes with it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { cargoMetadata } from './programs.mjs'

/** Files with a licence or what else has to be passed on. */
const LICENCE_FILES = /^(licen[cs]e|copying|copyright|notice|unlicense)/i

/** @param {string} triple @returns {string} the texts, each once, below the crates that have it */
export function notices(triple) {
  const crates = linkedCrates(triple)
  const texts = new Map()
  for (const crate of crates) {
    for (const text of licenceTexts(crate)) {
      texts.set(text, (texts.get(text) ?? new Set()).add(`${crate.name} ${crate.version}`))
    }
  }
  const sections = [...texts].map(([text, names]) => `${[...names].join(', ')}\n\n${text}`)
  const rule = `\n\n${'-'.repeat(80)}\n\n`
  return [
    `The binary is made of, and with, ${crates.length} crates of others. Their licences:`,
    ...sections,
  ].join(rule)
}

/** The crates that a binary for the target is linked from, but for this one. */
function linkedCrates(triple) {
  const { packages, resolve } = cargoMetadata('--filter-platform', triple)
  const nodes = new Map(resolve.nodes.map((node) => [node.id, node]))
  const reached = new Set([resolve.root])
  // A set also visits what is added to it on the way.
  for (const id of reached) {
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps) {
      // Neither what builds it nor what tests it: a normal dependency has no kind.
      if (kinds.some(({ kind }) => kind === null)) reached.add(pkg)
    }
  }
  reached.delete(resolve.root)
  return packages.filter(({ id }) => reached.has(id))
}

/**
 * A crate's licence texts. Of several to choose from, the MIT licence: the others are longer. What it
 * brings along from elsewhere, such as a library in C, has licences of its own below the first folder.
 */
function licenceTexts({ name, version, license, manifest_path: manifest }) {
  const folder = dirname(manifest)
  const files = readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && LICENCE_FILES.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  const own = files.filter((file) => !file.includes(sep))
  const mit = own.filter((file) => /mit/i.test(file))
  const chosen = /\bOR\b|\//.test(license ?? '') && mit.length > 0 ? mit : own
  const texts = [...chosen, ...files.filter((file) => file.includes(sep))].map((file) =>
    readFileSync(join(folder, file), 'utf8').trim(),
  )
  if (chosen.length > 0) return texts
  return [`${license}, as Cargo.toml of ${name} ${version} says.`, ...texts]
}
