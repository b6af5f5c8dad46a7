/**
 * A package registry on this machine that has the packed files and nothing else. An application
 * that takes its @chatbotkit packages from it installs what a release would have published.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { output } from '../../scripts/programs.mjs'

/** When everything here was published: package managers may refuse what is younger than a day. */
const PUBLISHED = '2026-01-01T00:00:00.000Z'

/** What the registry answers for the package in a packed file. */
function packument(file, url) {
  const manifest = JSON.parse(output('tar', ['-xzOf', file, 'package/package.json']))
  const { name, version } = manifest
  const bytes = readFileSync(file)
  const digest = (algorithm, form) => createHash(algorithm).update(bytes).digest(form)
  const dist = {
    tarball: `${url}/${name}/-/${name.split('/')[1]}-${version}.tgz`,
    shasum: digest('sha1', 'hex'),
    integrity: `sha512-${digest('sha512', 'base64')}`,
  }
  return {
    bytes,
    path: new URL(dist.tarball).pathname,
    document: {
      name,
      'dist-tags': { latest: version },
      versions: { [version]: { ...manifest, dist } },
      time: { [version]: PUBLISHED },
    },
  }
}

/**
 * @param {string[]} files packed with `npm pack`
 * @returns {Promise<{ url: string, fetched: Set<string>, close: () => Promise<void> }>} `fetched`:
 *   the packages whose files were asked for
 */
export async function serveRegistry(files) {
  const server = createServer((request, response) => answer(request.url, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  const packages = files.map((file) => packument(file, url))
  const fetched = new Set()

  function answer(path, response) {
    const wanted = decodeURIComponent(path)
    const found = packages.find((it) => it.path === wanted || `/${it.document.name}` === wanted)
    if (!found) {
      response.writeHead(404).end('{}')
    } else if (found.path === wanted) {
      fetched.add(found.document.name)
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found.bytes)
    } else {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(found.document))
    }
  }

  return {
    url,
    fetched,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
