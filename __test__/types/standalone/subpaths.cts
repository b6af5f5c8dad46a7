import contact = require('@chatbotkit/nextauth/contact')
import provider = require('@chatbotkit/nextauth/contact/provider.js')
import partner = require('@chatbotkit/nextauth/partner')
import user = require('@chatbotkit/nextauth/user')

const store = partner.MemoryStore.shared()

export = {
  partner: partner.ChatBotKitPartnerAdapter({ store }),
  user: user.ChatBotKitUserAdapter({ store: new contact.ContactMemoryStore() }),
  provider: provider.ChatBotKitContactEmailProvider(),
}
