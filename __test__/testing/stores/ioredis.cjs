'use strict'

const { Redis } = require('../../clients/installed/node_modules/ioredis')

module.exports = () => new Redis(process.env.TEST_REDIS_URL)
module.exports.closeStore = (client) => client.quit()
