import NextAuth, { type NextAuthResult } from 'next-auth'
import Credentials from 'next-auth/providers/credentials'
import { checkPassword } from './users'

const { handlers, auth, signIn, signOut }: NextAuthResult = NextAuth({
  providers: [
    Credentials({
      credentials: { email: { label: 'E-mail', type: 'email' }, password: { label: 'Password', type: 'password' } },
      authorize: ({ email, password }) => (typeof email === 'string' && typeof password === 'string' && checkPassword(email, password)) || null,
    }),
  ],
  callbacks: {
    // Where sessions are cookies, Auth.js knows the id of the user and gives it to nobody without this.
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub ?? '' } }),
  },
})
export { handlers, auth, signIn, signOut }
