'use client'

import { AuthpipeProvider, type AuthpipeProviderProps } from '@authpipe/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { Mark } from '../Mark.tsx'

/** Gives every page of the desk one query client and Authpipe. */
export function Providers({ initialConnections, children }: Required<Pick<AuthpipeProviderProps, 'initialConnections' | 'children'>>) {
  const [queryClient] = useState(() => new QueryClient())
  return (
    <QueryClientProvider client={queryClient}>
      <AuthpipeProvider initialConnections={initialConnections} app={{ name: 'Northwind Desk', logo: <Mark />, requestPage: '/integrations' }}>{children}</AuthpipeProvider>
    </QueryClientProvider>
  )
}
