import { providersQueryOptions } from '@authpipe/react/queries'
import { dehydrate, QueryClient, type DehydratedState } from '@tanstack/react-query'
import { authpipe } from '../../../authpipe.ts'

/** Reads the providers under the key of the hooks, so that the first paint has them and the browser asks for none. */
export async function dehydrateProviders(): Promise<DehydratedState> {
  const queryClient = new QueryClient()
  await queryClient.prefetchQuery(providersQueryOptions(() => authpipe.listProviders()))
  return dehydrate(queryClient)
}
