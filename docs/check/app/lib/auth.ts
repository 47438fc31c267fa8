import { betterAuth } from 'better-auth'
import { organization } from 'better-auth/plugins'

/** How an app makes its better-auth. */
export const auth = betterAuth({ plugins: [organization()] })
