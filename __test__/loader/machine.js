'use strict'

/** Makes this process look like another machine. Loaded with `--require`, before anything else. */
const {
  platform,
  arch,
  glibc,
  versions = {},
  dlopen,
  report = true,
  getBuiltinModule = true,
} = JSON.parse(process.env.FAKE_MACHINE)

const pretend = (object, name, value) => Object.defineProperty(object, name, { value })

if (platform) pretend(process, 'platform', platform)
if (arch) pretend(process, 'arch', arch)
if (Object.keys(versions).length > 0) {
  pretend(process, 'versions', { ...process.versions, ...versions })
}
// What Node says of a system with glibc, and of one with musl.
const header = glibc ? { glibcVersionRuntime: glibc } : {}
const sharedObjects = glibc ? ['/lib64/libc.so.6'] : ['/lib/ld-musl-x86_64.so.1']
pretend(process, 'report', report ? { getReport: () => ({ header, sharedObjects }) } : undefined)
if (!getBuiltinModule) pretend(process, 'getBuiltinModule', undefined)
if (dlopen) {
  pretend(process, 'dlopen', () => {
    throw Object.assign(new Error(dlopen), { code: 'ERR_DLOPEN_FAILED' })
  })
}
