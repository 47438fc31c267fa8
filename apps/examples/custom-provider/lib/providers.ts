import { acme } from './acme'

/** By their ids. */
export const providers = { acme }

// From here on a component takes these ids and no other, and offers the scopes that their definitions declare.
declare module '@authpipe/react' {
  interface Register {
    providers: typeof providers
  }
}
