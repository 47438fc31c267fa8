import { betterAuth } from 'better-auth'
import { nextCookies } from 'better-auth/next-js'
import { DatabaseSync } from 'node:sqlite'

// BETTER_AUTH_URL and BETTER_AUTH_SECRET come from the environment.
export const auth = betterAuth({
  database: new DatabaseSync(process.env.USERS_DATABASE ?? 'users.db'),
  emailAndPassword: { enabled: true },
  plugins: [nextCookies()],
})
