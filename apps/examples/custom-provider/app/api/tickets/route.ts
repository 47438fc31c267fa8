import { authpipe } from '@/lib/authpipe'
import { openSession } from '@/lib/session'
import { AuthpipeError } from '@authpipe/next'

/** The tickets of whoever is signed in, fetched by the server with the credential of their own connection. */
export async function GET(): Promise<Response> {
  const { userId } = await openSession()
  if (userId === undefined) return Response.json({ error: 'Sign in first.' }, { status: 401 })
  try {
    const response = await authpipe.fetch({ provider: 'acme', tenantId: 'org_acme', userId }, '/tickets')
    return Response.json(await response.json(), { status: response.status })
  } catch (error) {
    if (error instanceof AuthpipeError) return Response.json({ error: error.code }, { status: error.status })
    throw error
  }
}
