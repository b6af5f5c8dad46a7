import authConfig from '@/auth.config'

export const runtime = 'edge'

export async function GET() {
  const { code, message } = await authConfig.adapter.getUser('x').catch((error) => error)
  return Response.json({ code, message })
}
