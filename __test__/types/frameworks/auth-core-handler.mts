import { Auth } from '@auth/core'
import { config } from './config.mjs'

export function handle(request: Request) {
  return Auth(request, config)
}
