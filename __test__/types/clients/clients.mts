import { ChatBotKitPartnerAdapter, type StoreOption } from '@chatbotkit/nextauth'
import { Cluster, Redis } from 'ioredis'
import { Keyv } from 'keyv'
import * as redis6 from 'redis'
import * as redis4 from 'redis-4'
import { createStorage } from 'unstorage'

// Clients as their packages make them.
ChatBotKitPartnerAdapter({ store: new Redis() })
ChatBotKitPartnerAdapter({ store: new Cluster([]) })
ChatBotKitPartnerAdapter({ store: redis4.createClient() })
ChatBotKitPartnerAdapter({ store: redis4.createCluster({ rootNodes: [] }) })
ChatBotKitPartnerAdapter({ store: redis6.createClient() })
ChatBotKitPartnerAdapter({ store: redis6.createClientPool() })
ChatBotKitPartnerAdapter({ store: redis6.createCluster({ rootNodes: [] }) })
ChatBotKitPartnerAdapter({ store: redis6.createSentinel({ name: '', sentinelRootNodes: [] }) })
ChatBotKitPartnerAdapter({ store: new Keyv() })
ChatBotKitPartnerAdapter({ store: createStorage() })

// @ts-expect-error it has to be awaited first
ChatBotKitPartnerAdapter({ store: redis6.createClient().connect() })
// @ts-expect-error an instance is needed
ChatBotKitPartnerAdapter({ store: Redis })

// Otherwise they would be accepted whatever they are.
export type Clients = [
  No<IsAny<Redis>>,
  No<IsAny<Keyv>>,
  No<IsAny<ReturnType<typeof redis4.createClient>>>,
  No<IsAny<ReturnType<typeof redis6.createClient>>>,
  No<IsAny<ReturnType<typeof createStorage>>>,
  No<IsAny<StoreOption>>,
]
