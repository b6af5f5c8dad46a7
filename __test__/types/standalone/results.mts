import type {
  ChatBotKitAccount,
  ChatBotKitAdapter,
  ChatBotKitAuthenticator,
  ChatBotKitSession,
  ChatBotKitUser,
  ChatBotKitVerificationToken,
} from '@chatbotkit/nextauth'

type Result<Method extends keyof ChatBotKitAdapter> = Awaited<ReturnType<ChatBotKitAdapter[Method]>>

export type Results = [
  No<IsAny<ChatBotKitUser>>,
  Yes<IsSame<ChatBotKitUser['id'], string>>,
  Yes<IsSame<ChatBotKitUser['email'], string>>,
  Yes<IsSame<ChatBotKitUser['emailVerified'], Date | null>>,
  Yes<IsSame<ChatBotKitUser['name'], string | null>>,
  Yes<IsSame<ChatBotKitUser['image'], string | null>>,
  Yes<IsSame<ChatBotKitUser['createdAt'], number>>,
  Yes<IsSame<ChatBotKitVerificationToken['expires'], Date>>,
  Yes<IsSame<Result<'createUser'>, ChatBotKitUser>>,
  Yes<IsSame<Result<'getUser'>, ChatBotKitUser | null>>,
  Yes<IsSame<Result<'getUserByEmail'>, ChatBotKitUser | null>>,
  Yes<IsSame<Result<'updateUser'>, ChatBotKitUser>>,
  Yes<IsSame<Result<'deleteUser'>, void>>,
  Yes<IsSame<Result<'getUserByAccount'>, ChatBotKitUser | null>>,
  Yes<IsSame<Result<'createVerificationToken'>, ChatBotKitVerificationToken>>,
  Yes<IsSame<Result<'useVerificationToken'>, ChatBotKitVerificationToken | null>>,
]

export type Sessions = [
  No<IsAny<ChatBotKitSession>>,
  Yes<IsSame<ChatBotKitSession['expires'], Date>>,
  Yes<IsSame<Result<'createSession'>, ChatBotKitSession>>,
  Yes<
    IsSame<Result<'getSessionAndUser'>, { session: ChatBotKitSession; user: ChatBotKitUser } | null>
  >,
  Yes<IsSame<Result<'updateSession'>, ChatBotKitSession | null>>,
  Yes<IsSame<Result<'deleteSession'>, ChatBotKitSession | null>>,
]

export type AccountsAndPasskeys = [
  No<IsAny<ChatBotKitAccount>>,
  Yes<IsSame<ChatBotKitAccount['providerAccountId'], string>>,
  Yes<IsSame<Result<'linkAccount'>, ChatBotKitAccount>>,
  Yes<IsSame<Result<'unlinkAccount'>, ChatBotKitAccount | undefined>>,
  Yes<IsSame<Result<'getAccount'>, ChatBotKitAccount | null>>,
  No<IsAny<ChatBotKitAuthenticator>>,
  Yes<IsSame<ChatBotKitAuthenticator['counter'], number>>,
  Yes<IsSame<Result<'createAuthenticator'>, ChatBotKitAuthenticator>>,
  Yes<IsSame<Result<'getAuthenticator'>, ChatBotKitAuthenticator | null>>,
  Yes<IsSame<Result<'listAuthenticatorsByUserId'>, ChatBotKitAuthenticator[]>>,
  Yes<IsSame<Result<'updateAuthenticatorCounter'>, ChatBotKitAuthenticator>>,
]

// Whatever is not named above, too.
type Untyped = {
  [Method in keyof ChatBotKitAdapter]: IsAny<Result<Method>> extends true ? Method : never
}[keyof ChatBotKitAdapter]
export type EveryMethod = Yes<IsSame<Untyped, never>>
