import { describeDevelopment } from './suite.mjs'

describeDevelopment('nextjs-pages')
