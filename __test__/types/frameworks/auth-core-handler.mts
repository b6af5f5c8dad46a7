import { Auth } from '@auth/core'
import { MemoryStore, protect } from '@chatbotkit/nextauth'
import { config } from './config.mjs'

export function handle(request: Request) {
  return Auth(request, config)
}

export const guarded: (request: Request) => Promise<Response> = protect(handle, {
  store: new MemoryStore(),
  clientAddress: (request: Request) => request.headers.get('x-real-ip'),
})
