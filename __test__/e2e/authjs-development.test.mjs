import { describeDevelopment, WITH_DEVICES } from './suite.mjs'

describeDevelopment('nextjs-authjs', WITH_DEVICES)
