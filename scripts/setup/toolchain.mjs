/** Node, Rust and a C compiler: only the person at the keyboard can install them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, isOnPath, output, ROOT } from '../programs.mjs'
import { isAddonStale } from './addon.mjs'

const NODE_MAJOR = 20

const COMPILER_HINTS = {
  darwin: 'run "xcode-select --install"',
  linux: 'install one, for example with "apt install build-essential" or "apk add build-base"',
}

/** @throws {CommandError} when this Node is too old */
export function checkNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return
  throw new CommandError(
    `Node ${process.versions.node} is too old: install Node ${NODE_MAJOR} or newer from https://nodejs.org.`,
  )
}

/** @throws {CommandError} when Rust or a C compiler is missing or too old, and the addon has to be built */
export function checkToolchain() {
  if (!isAddonStale()) return
  // cargo cannot be asked: it may be missing, or too old to read the file.
  const manifest = readFileSync(join(ROOT, 'Cargo.toml'), 'utf8')
  const needed = /^rust-version = "([\d.]+)"/m.exec(manifest)?.[1] ?? '0'
  if (!isOnPath('cargo')) {
    throw new CommandError(
      `Rust is missing (no "cargo" on the PATH): install Rust ${needed} or newer from https://rustup.rs, then open a new terminal.`,
    )
  }
  const [, cargo] = /^cargo (\d+\.\d+)/.exec(output('cargo', ['--version'])) ?? []
  if (isOlder(cargo, needed)) {
    throw new CommandError(
      `Rust ${cargo} is too old: run "rustup update" (${needed} or newer is needed).`,
    )
  }
  if (!hasCompiler()) {
    const hint = COMPILER_HINTS[process.platform] ?? 'install one'
    throw new CommandError(
      `A C compiler is missing (no "cc", "gcc" or "clang" on the PATH): ${hint}.`,
    )
  }
}

function hasCompiler() {
  // On Windows the compiler is on no PATH; cargo finds it, or says what to install.
  if (process.platform === 'win32' || process.env.CC) return true
  return ['cc', 'gcc', 'clang'].some(isOnPath)
}

function isOlder(version, than) {
  const [a, b] = [version, than].map((it) => it.split('.').map(Number))
  return (a[0] - b[0] || a[1] - b[1]) < 0
}
